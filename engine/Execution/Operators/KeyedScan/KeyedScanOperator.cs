using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Hands on the rows of a keyed source, as one morsel.</summary>
internal sealed class KeyedScanOperator(KeyedScanNode node) : PhysicalOperator(node)
{
    public override long EstimateRows(int morsel) => node.Source.RowCount;

    protected override void PrepareCore() => MorselCount = 1;

    protected override IBatchReader OpenCore(int morsel) => new Reader(Run, node.Source.Open());

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
