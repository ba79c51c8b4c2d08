using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keeps the right input sorted by key and time, and streams the left one against it: two searches a left row, and the rows between them
/// go to its aggregates. Rows come out in the left input's order.
/// </summary>
internal sealed class WindowJoinOperator(WindowJoinNode node, PhysicalOperator left, PhysicalOperator right)
    : PhysicalOperator(node, left, right)
{
    // The order of times as codes is that of their bits with the sign turned over.
    private const ulong SignBit = 1UL << 63;

    private AsofIndex? index;

    public override long EstimateRows(int morsel) => Inputs[0].EstimateRows(morsel);

    public override void Dispose()
    {
        index?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        var layout = new RowLayout(Inputs[1].Schema);
        var keyColumns = layout.Add(node.RightKeys);
        var timeColumn = layout.Add(node.RightTime);
        var tieColumns = layout.Add(node.RightTies);
        var rows = RowCollector.CollectAll(Run, Inputs[1], layout);
        index = AsofIndex.Build(rows, node.LeftKeys, node.RightKeys, keyColumns, timeColumn, tieColumns, Run);
        MorselCount = Inputs[0].MorselCount;
    }

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, index!, Inputs[0].OpenMorsel(morsel));

    private sealed class Reader(WindowJoinNode node, QueryRun run, AsofIndex index, IBatchReader input) : IBatchReader
    {
        private readonly KeyLookup lookup = new(node.LeftKeys, index.Keys, run.Context);
        private readonly ExpressionSet times = new([node.LeftTime], run.Context);
        private readonly Batch view = Batch.CreateView(node.Schema);
        private readonly Batch rightView = Batch.CreateView(node.Inputs[1].Schema);
        private WindowFeed? feed;

        public Batch? Next()
        {
            feed ??= new WindowFeed(node, node.Inputs[1].Schema, run);
            if (input.Next() is not { } batch)
            {
                return null;
            }

            run.ThrowIfCancelled();
            for (var i = 0; i < rightView.ColumnCount; i++)
            {
                rightView[i].Borrow(index.Rows[i], 0, index.Rows.RowCount);
            }

            rightView.SetRowCount(index.Rows.RowCount);
            feed.Begin(batch, rightView, batch.RowCount);
            Fill(batch);
            var results = feed.Finish();
            var width = batch.ColumnCount;
            for (var i = 0; i < view.ColumnCount; i++)
            {
                view[i].Borrow(i < width ? batch[i] : results[i - width], 0, batch.RowCount);
            }

            view.SetRowCount(batch.RowCount);
            return view;
        }

        public void Dispose()
        {
            feed?.Dispose();
            lookup.Dispose();
            times.Dispose();
            input.Dispose();
        }

        private void Fill(Batch batch)
        {
            var keys = lookup.Find(batch);
            var column = times.Evaluate(batch)[0];
            var time = column.Values<long>();
            var order = index.Order;
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (keys[row] < 0 || column.IsNull(row))
                {
                    continue;
                }

                var start = (ulong)StreamJoinShape.Add(time[row], node.StartNanos) ^ SignBit;
                var end = (ulong)StreamJoinShape.Add(time[row], node.EndNanos) ^ SignBit;
                var (first, last) = (index.Starts[keys[row]], index.Starts[keys[row] + 1]);
                var from = AtLeast(start, first, last);
                var prevails = node.IncludesPrevailing && from > first && (from == last || index.Times[from] != start);
                for (var at = prevails ? from - 1 : from; at < last && index.Times[at] <= end; at++)
                {
                    feed!.Add(row, order[at], row);
                }
            }
        }

        // The first place in [low, high) whose time is not less.
        private int AtLeast(ulong time, int low, int high)
        {
            var codes = index.Times;
            while (low < high)
            {
                var middle = (int)(((uint)low + (uint)high) >> 1);
                (low, high) = codes[middle] < time ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}
