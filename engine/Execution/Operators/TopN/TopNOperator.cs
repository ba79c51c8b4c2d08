using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Each thread gathers candidates, and cuts them down to the wanted number whenever they have grown to a few times as
/// many: about one comparison a row, and memory of a few times the wanted rows. Rows that are behind the last
/// candidate of the latest cut by the first key alone are not even copied. Ties go to the row that came first.
/// </summary>
internal sealed class TopNOperator(TopNNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    private Batch? rows;
    private LeasedArray<int>? order;
    private int resultCount;

    public override long EstimateRows(int morsel) => resultCount;

    public override void Dispose()
    {
        order?.Dispose();
        rows?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        if (node.Limit <= 0)
        {
            return;
        }

        var wanted = (int)
            Math.Min(
                int.MaxValue / 4,
                Math.Min(node.Limit, long.MaxValue / 2) + Math.Min(node.Offset, long.MaxValue / 2)
            );
        var workerCount = Run.WorkersFor(Inputs[0]);
        var candidates = new TopNCandidates?[workerCount];
        try
        {
            for (var i = 0; i < workerCount; i++)
            {
                candidates[i] = new TopNCandidates(node, Inputs[0].Schema, Run, wanted);
            }

            Run.ForEachMorsel(
                Inputs[0],
                workerCount,
                (worker, morsel, reader) => candidates[worker]!.AddMorsel(morsel, reader)
            );
            rows = candidates[0]!.TakeRows();
            for (var i = 1; i < workerCount; i++)
            {
                using var more = candidates[i]!.TakeRows();
                rows.AppendRange(more, 0, more.RowCount);
            }

            order = RowSort.Order(rows, candidates[0]!.Keys, Run.Context.Symbols, Run.Pool);
        }
        finally
        {
            foreach (var candidate in candidates)
            {
                candidate?.Dispose();
            }
        }

        resultCount = (int)Math.Max(0, Math.Min(node.Limit, rows.RowCount - node.Offset));
        MorselCount = resultCount > 0 ? 1 : 0;
    }

    protected override IBatchReader OpenCore(int morsel) =>
        new SortedReader(Run, Schema, rows!, order!, (int)node.Offset, resultCount);
}
