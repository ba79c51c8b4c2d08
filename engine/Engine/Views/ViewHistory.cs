using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Views;

/// <summary>
/// Derives rows of the past again for the circuits of a database: a plan is put over the tables as of a sequence, and a view that it reads
/// is replaced by its own plan.
/// </summary>
internal sealed class ViewHistory(TickDatabase database, Func<string, PlanNode?> planOfView) : ICircuitHistory
{
    /// <inheritdoc/>
    public IBatchReader Derive(PlanNode plan, long asOfSequence)
    {
        var snapshot = database.OpenSnapshot(asOfSequence);
        try
        {
            // On the caller's own thread, always: it may hold the sequencer's lock, and must not wait for one that yields.
            var over = Over(plan, snapshot);
            var query = database.CreateContext(over, snapshot);
            var context = new EvaluationContext
            {
                Symbols = query.Symbols,
                Pool = query.Pool,
                NowNanos = query.NowNanos,
                Watermarks = query.Watermarks,
                HasRowBeyond = query.HasRowBeyond,
            };
            return new Reader(PlanExecutor.Open(over, context, threadCount: 1), snapshot);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>The same plan over the tables of a snapshot, views replaced by what they are defined as.</summary>
    public PlanNode Over(PlanNode plan, DatabaseSnapshot snapshot) =>
        plan switch
        {
            ScanNode scan => new ScanNode(snapshot.GetTable(scan.Source.Schema.Name), scan.Request),
            KeyedScanNode keyed => Over(
                planOfView(keyed.Source.Name)
                    ?? Throw.Error<PlanNode>(ErrorCode.UnknownName, $"There is no view {keyed.Source.Name}"),
                snapshot
            ),
            { Inputs.Count: 0 } => plan,
            _ => plan.WithInputs([.. plan.Inputs.Select(i => Over(i, snapshot))]),
        };

    private sealed class Reader(IBatchReader inner, DatabaseSnapshot snapshot) : IBatchReader
    {
        public Batch? Next() => inner.Next();

        public void Dispose()
        {
            inner.Dispose();
            snapshot.Dispose();
        }
    }
}
