using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Where the input comes key by key and in order already (a clustered scan under CONTEXT BY its symbol), each morsel is computed by itself,
/// in parallel and in memory of a morsel. Else all rows are kept and sorted.
/// </summary>
internal sealed class ContextOperator(ContextNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    private readonly bool isByMorsel =
        PlanProperties.AreGroupsContiguous(node.Inputs[0], node.Keys)
        && PlanProperties.IsOrderedWithin(node.Inputs[0], node.Order);

    private ContextLayout? layout;
    private Batch? kept;
    private long keptRows;

    public override long EstimateRows(int morsel) => isByMorsel ? Inputs[0].EstimateRows(morsel) : keptRows;

    public override void Dispose()
    {
        kept?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        layout = new ContextLayout(node);
        if (isByMorsel)
        {
            MorselCount = Inputs[0].MorselCount;
            return;
        }

        kept = RowCollector.CollectAll(Run, Inputs[0], layout.Rows);
        keptRows = kept.RowCount;
        MorselCount = 1;
    }

    protected override IBatchReader OpenCore(int morsel) =>
        isByMorsel
            ? new Reader(node, layout!, Run, Inputs[0].OpenMorsel(morsel), null)
            : new Reader(node, layout!, Run, null, Interlocked.Exchange(ref kept, null));

    private sealed class Reader(ContextNode node, ContextLayout layout, QueryRun run, IBatchReader? input, Batch? kept)
        : IBatchReader
    {
        // Every row of a batch may begin a partition, and the batch's first one may go on with the one before.
        private const int SlotCount = Batch.VectorRows + 1;

        private readonly int[] slots = new int[Batch.VectorRows];
        private readonly Batch slice = Batch.CreateView(node.Inputs[0].Schema);
        private ContextProgram? program;
        private ContextRows? rows;
        private int partition = -1;
        private int done;

        public Batch? Next()
        {
            run.ThrowIfCancelled();
            if (rows is null)
            {
                Arrange();
            }

            var rowCount = Math.Min(Batch.VectorRows, rows!.Rows.RowCount - done);
            if (rowCount <= 0)
            {
                return null;
            }

            for (var i = 0; i < slice.ColumnCount; i++)
            {
                slice[i].Borrow(rows.Rows[i], done, rowCount);
            }

            slice.SetRowCount(rowCount);
            for (var i = 0; i < rowCount; i++)
            {
                if (partition + 1 < rows.PartitionCount && rows.PartitionStarts[partition + 1] == done + i)
                {
                    partition++;
                    program!.Reset(partition % SlotCount);
                }

                slots[i] = partition % SlotCount;
            }

            done += rowCount;
            return program!.Run(slice, slots.AsSpan(0, rowCount));
        }

        public void Dispose()
        {
            program?.Dispose();
            rows?.Dispose();
            kept?.Dispose();
            input?.Dispose();
        }

        private void Arrange()
        {
            program = new ContextProgram(node, run.Context);
            program.EnsureSlots(SlotCount);
            if (input is not null)
            {
                kept = Batch.Allocate(layout.Rows.Schema, Batch.VectorRows, run.Pool);
                RowCollector.Append(run, input, layout.Rows, kept);
            }

            var toArrange = kept!;
            kept = null;
            rows = ContextRows.Arrange(toArrange, layout, input is not null, run.Context);
        }
    }
}
