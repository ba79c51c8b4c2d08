using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Where the input comes partition by partition and in order already (a clustered scan, partitioned by its symbol),
/// each morsel is computed by itself, in parallel and in memory of a morsel. Else all rows are kept and sorted.
/// </summary>
internal sealed class WindowOperator(WindowNode node, PhysicalOperator input) : PhysicalOperator(node, input)
{
    private readonly bool isByMorsel = WindowNode.IsInOrder(
        node.Inputs[0],
        node.PartitionBy,
        node.OrderBy,
        node.TieBreak
    );

    private WindowLayout? layout;
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
        layout = new WindowLayout(node);
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

    private sealed class Reader(WindowNode node, WindowLayout layout, QueryRun run, IBatchReader? input, Batch? kept)
        : IBatchReader
    {
        private readonly Batch view = Batch.CreateView(node.Schema);
        private readonly List<ColumnVector> results = [];
        private WindowRows? rows;
        private int done;

        public Batch? Next()
        {
            run.ThrowIfCancelled();
            if (rows is null)
            {
                Compute();
            }

            var rowCount = Math.Min(Batch.VectorRows, rows!.Rows.RowCount - done);
            if (rowCount <= 0)
            {
                return null;
            }

            var inputColumns = node.Inputs[0].Schema.ColumnCount;
            for (var i = 0; i < inputColumns; i++)
            {
                view[i].Borrow(rows.Rows[i], done, rowCount);
            }

            for (var i = 0; i < results.Count; i++)
            {
                view[inputColumns + i].Borrow(results[i], done, rowCount);
            }

            view.SetRowCount(rowCount);
            done += rowCount;
            return view;
        }

        public void Dispose()
        {
            foreach (var result in results)
            {
                result.Dispose();
            }

            rows?.Dispose();
            kept?.Dispose();
            input?.Dispose();
        }

        private void Compute()
        {
            if (input is not null)
            {
                kept = Batch.Allocate(layout.Rows.Schema, Batch.VectorRows, run.Pool);
                RowCollector.Append(run, input, layout.Rows, kept);
            }

            var toArrange = kept!;
            kept = null;
            rows = WindowRows.Arrange(toArrange, layout, input is not null, run);
            for (var i = 0; i < node.Calls.Count; i++)
            {
                var result = ColumnVector.Allocate(node.Calls[i].Type, Math.Max(rows.Rows.RowCount, 1), run.Pool);
                results.Add(result);
                WindowFunctions.Compute(node.Calls[i], layout.Arguments[i], rows, result, run);
            }
        }
    }
}

/// <summary>Which columns of the kept rows hold what a window needs.</summary>
internal sealed class WindowLayout
{
    public WindowLayout(WindowNode node)
    {
        Rows = new RowLayout(node.Inputs[0].Schema);
        PartitionBy = Rows.Add(node.PartitionBy);
        OrderBy = Rows.Add(node.OrderBy);
        TieBreak = Rows.Add(node.TieBreak);
        Arguments = [.. node.Calls.Select(c => Rows.Add(c.Arguments))];
    }

    public RowLayout Rows { get; }

    public int[] PartitionBy { get; }

    public SortColumn[] OrderBy { get; }

    public SortColumn[] TieBreak { get; }

    public int[][] Arguments { get; }
}
