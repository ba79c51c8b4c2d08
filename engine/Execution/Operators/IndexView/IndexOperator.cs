using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The batch form of an index: all ticks are sorted by (event time, <c>_seq</c>) and folded, one after the other.
/// </summary>
internal sealed class IndexOperator(
    IndexNode node,
    PhysicalOperator prices,
    PhysicalOperator members,
    PhysicalOperator divisors
) : PhysicalOperator(node, prices, members, divisors)
{
    private readonly IndexBasket basket = new();
    private Batch? ticks;
    private LeasedArray<int>? order;

    public override long EstimateRows(int morsel) => ticks?.RowCount ?? 0;

    public override void Dispose()
    {
        order?.Dispose();
        ticks?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        for (var input = 1; input <= 2; input++)
        {
            using var rows = RowCollector.CollectAll(Run, Inputs[input], new RowLayout(Inputs[input].Schema));
            for (var row = 0; row < rows.RowCount; row++)
            {
                basket.Add(IndexRows.ChangeOf(rows, row, isDivisor: input == 2, isPending: false));
            }
        }

        ticks = RowCollector.CollectAll(Run, Inputs[0], new RowLayout(Inputs[0].Schema));
        order = RowSort.Order(ticks, [new SortColumn(0), new SortColumn(3)], Run.Context.Symbols, Run.Pool);
        MorselCount = 1;
    }

    protected override IBatchReader OpenCore(int morsel) =>
        new Reader(Run, Schema, ticks!, order!, new IndexState(basket, true, node.ScaleDifference));

    private sealed class Reader(QueryRun run, BatchSchema schema, Batch ticks, LeasedArray<int> order, IndexState state)
        : IBatchReader
    {
        private readonly Batch rows = Batch.Allocate(schema, Batch.VectorRows, run.Pool);
        private int done;

        public Batch? Next()
        {
            run.ThrowIfCancelled();
            var writer = new IndexRowWriter(rows);
            for (; done < ticks.RowCount && writer.Count < Batch.VectorRows; done++)
            {
                var tick = IndexRows.TickOf(ticks, order.Span[done]);
                state.Apply(tick);
                if (state.IsMember(tick.Symbol))
                {
                    writer.Add(tick, state.Level);
                }
            }

            writer.Finish();
            return rows.RowCount == 0 ? null : rows;
        }

        public void Dispose() => rows.Dispose();
    }
}
