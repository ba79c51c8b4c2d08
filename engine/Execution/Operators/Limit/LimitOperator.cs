using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Reads its input's morsels in order, and not one batch more than it needs.</summary>
internal sealed class LimitOperator(LimitNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    public override long EstimateRows(int morsel) => node.Limit;

    protected override void PrepareCore() => MorselCount = node.Limit > 0 ? 1 : 0;

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, MorselSequence.Open(Run, Inputs[0]));

    private sealed class Reader(LimitNode node, IBatchReader input) : IBatchReader
    {
        private readonly Batch view = Batch.CreateView(node.Schema);
        private long toSkip = node.Offset;
        private long toYield = node.Limit;

        public Batch? Next()
        {
            while (toYield > 0 && input.Next() is { } batch)
            {
                if (toSkip >= batch.RowCount)
                {
                    toSkip -= batch.RowCount;
                    continue;
                }

                var start = (int)toSkip;
                var rowCount = (int)Math.Min(batch.RowCount - start, toYield);
                toSkip = 0;
                toYield -= rowCount;
                if (rowCount == batch.RowCount)
                {
                    return batch;
                }

                view.Borrow(batch, start, rowCount);
                return view;
            }

            return null;
        }

        public void Dispose() => input.Dispose();
    }
}
