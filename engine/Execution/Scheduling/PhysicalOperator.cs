using System.Diagnostics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The form of a plan node that runs. Like a table scan, it is a number of independent morsels in a fixed order; a
/// morsel is read by one thread as a chain of readers down to its source, so a pipeline is one pass over a morsel and
/// ends where an operator has to see all rows (an aggregate, a sort, the build side of a join). Those operators run
/// their input in <see cref="Prepare"/>, on all threads, before the first of their own morsels can be opened.
/// </summary>
/// <remarks>
/// The rows of the morsels, one morsel after the other, are the operator's rows in order. That order does not depend
/// on the number of threads. <see cref="Prepare"/> is called on one thread; <see cref="OpenMorsel"/> on any.
/// </remarks>
internal abstract class PhysicalOperator(PlanNode node, params PhysicalOperator[] inputs) : IDisposable
{
    private NodeStatistics? statistics;
    private bool isPrepared;

    /// <summary>What the operator was made from.</summary>
    public PlanNode Node { get; } = node;

    /// <summary>Names and types of the columns.</summary>
    public BatchSchema Schema => Node.Schema;

    /// <summary>How many morsels there are; known once prepared.</summary>
    public int MorselCount { get; protected set; }

    /// <summary>The operators whose rows this one takes.</summary>
    protected IReadOnlyList<PhysicalOperator> Inputs => inputs;

    /// <summary>The query that this operator runs for; set by <see cref="Prepare"/>.</summary>
    protected QueryRun Run { get; private set; } = null!;

    /// <summary>
    /// Does all work that must be done before the first row can be given. Does nothing the second time.
    /// </summary>
    public void Prepare(QueryRun run)
    {
        if (isPrepared)
        {
            return;
        }

        isPrepared = true;
        Run = run;
        statistics = run.Statistics?.Of(Node);
        foreach (var input in inputs)
        {
            input.Prepare(run);
        }

        run.ThrowIfCancelled();
        var started = statistics is null ? 0 : Stopwatch.GetTimestamp();
        PrepareCore();
        statistics?.AddTime(Stopwatch.GetTimestamp() - started);
    }

    /// <summary>
    /// Rows of a morsel, at most, as far as known; for deciding whether threads are worth their start.
    /// </summary>
    public virtual long EstimateRows(int morsel) => inputs.Length == 1 ? inputs[0].EstimateRows(morsel) : 0;

    /// <summary>Opens one morsel for one thread. Each is opened once.</summary>
    public IBatchReader OpenMorsel(int morsel)
    {
        var reader = OpenCore(morsel);
        return statistics is null ? reader : new MeasuredReader(reader, statistics);
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var input in inputs)
        {
            input.Dispose();
        }
    }

    /// <summary>Sets <see cref="MorselCount"/>; inputs are prepared.</summary>
    protected abstract void PrepareCore();

    /// <summary>Opens one morsel.</summary>
    protected abstract IBatchReader OpenCore(int morsel);

    private sealed class MeasuredReader(IBatchReader inner, NodeStatistics statistics) : IBatchReader
    {
        public Batch? Next()
        {
            var started = Stopwatch.GetTimestamp();
            var batch = inner.Next();
            statistics.AddTime(Stopwatch.GetTimestamp() - started);
            statistics.AddRows(batch?.RowCount ?? 0);
            return batch;
        }

        public void Dispose() => inner.Dispose();
    }
}
