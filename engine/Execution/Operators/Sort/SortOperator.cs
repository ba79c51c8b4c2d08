using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keeps all rows, sorts their numbers, and hands rows out in that order, in pieces that threads may share.
/// </summary>
internal sealed class SortOperator(SortNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    private const int MorselRows = 64 * Batch.VectorRows;

    private Batch? rows;
    private LeasedArray<int>? order;

    public override long EstimateRows(int morsel) => Math.Min(MorselRows, rows!.RowCount);

    public override void Dispose()
    {
        order?.Dispose();
        rows?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        var layout = new RowLayout(Inputs[0].Schema);
        var keys = layout.Add(node.Keys);
        try
        {
            rows = RowCollector.CollectAll(Run, Inputs[0], layout);
            order = RowSort.Order(rows, keys, Run.Context.Symbols, Run.Pool);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.MemoryBudget)
        {
            throw new TickStoreException(
                e.Code,
                $"{e.Message}. Sorting ({node.Details}) keeps all its rows in memory; this version does not spill them to disk: "
                    + "raise the query's budget, select fewer rows or columns, or add a LIMIT",
                e
            );
        }

        MorselCount = (rows.RowCount + MorselRows - 1) / MorselRows;
    }

    protected override IBatchReader OpenCore(int morsel)
    {
        var start = morsel * MorselRows;
        return new SortedReader(Run, Schema, rows!, order!, start, Math.Min(MorselRows, rows!.RowCount - start));
    }
}
