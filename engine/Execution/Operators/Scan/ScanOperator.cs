using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Hands on the morsels of a table scan.</summary>
internal sealed class ScanOperator(ScanNode node) : PhysicalOperator(node)
{
    private ITableScan? scan;

    public override long EstimateRows(int morsel) => scan!.EstimateRows(morsel);

    public override void Dispose()
    {
        scan?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        scan = node.Source.OpenScan(node.Request, Run.Pool, Run.Token);
        MorselCount = scan.MorselCount;
    }

    protected override IBatchReader OpenCore(int morsel) => new Reader(Run, scan!.OpenMorsel(morsel));

    // Sources poll the token too; this keeps the promise of once a batch for those that do not.
    private sealed class Reader(QueryRun run, IBatchReader inner) : IBatchReader
    {
        public Batch? Next()
        {
            run.ThrowIfCancelled();
            return inner.Next();
        }

        public void Dispose() => inner.Dispose();
    }
}
