using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Computes a window over rows of some whole partitions with the code of the batch form. A column behind the input's says which row each
/// one was before the window's sort.
/// </summary>
internal sealed class CrossSectionWork : IDisposable
{
    private readonly WindowNode window;
    private readonly WindowLayout layout;
    private readonly QueryRun run;
    private readonly Batch view;
    private readonly ColumnVector indexes;
    private readonly RowAppender appender;
    private readonly List<ColumnVector> results = [];
    private readonly int width;
    private WindowRows? rows;

    public CrossSectionWork(WindowNode node, EvaluationContext context)
    {
        var input = node.Inputs[0];
        width = input.Schema.ColumnCount;
        var zero = new ConstantExpression(ConstantValue.Of(DataType.Int, 0L));
        var numbered = new ProjectNode(
            input,
            [.. Enumerable.Range(0, width).Select(c => (BoundExpression)KeyedPlan.ColumnOf(input, c)), zero],
            [.. input.Schema.Columns.Select(c => c.Name), "#row"]
        );
        window = (WindowNode)node.WithInputs(numbered);
        layout = new WindowLayout(window);
        run = new QueryRun(context, 1, null);
        view = Batch.CreateView(numbered.Schema);
        indexes = ColumnVector.Allocate(DataType.Int, Batch.VectorRows, context.Pool);
        appender = new RowAppender(layout.Rows, context);
    }

    /// <summary>Results of each call, in the window's order; valid until the next call.</summary>
    public IReadOnlyList<ColumnVector> Results => results;

    /// <summary>For each row of the window's order where it lies among the rows that were given.</summary>
    public ReadOnlySpan<int> Sources => rows!.Rows[width].Values<int>();

    /// <summary>Computes the window over rows whose first columns are the input's.</summary>
    public void Compute(Batch given)
    {
        Clear();
        var arranged = Batch.Allocate(layout.Rows.Schema, Math.Max(1, given.RowCount), run.Pool);
        try
        {
            indexes.EnsureCapacity(given.RowCount);
            for (var row = 0; row < given.RowCount; row++)
            {
                indexes.Writable<int>()[row] = row;
            }

            indexes.SetRowCount(given.RowCount);
            for (var start = 0; start < given.RowCount; start += Batch.VectorRows)
            {
                var count = Math.Min(Batch.VectorRows, given.RowCount - start);
                for (var i = 0; i < width; i++)
                {
                    view[i].Borrow(given[i], start, count);
                }

                view[width].Borrow(indexes, start, count);
                view.SetRowCount(count);
                appender.Append(view, arranged);
            }
        }
        catch
        {
            arranged.Dispose();
            throw;
        }

        rows = WindowRows.Arrange(arranged, layout, areInOrder: false, run);
        for (var i = 0; i < window.Calls.Count; i++)
        {
            var result = ColumnVector.Allocate(window.Calls[i].Type, Math.Max(given.RowCount, 1), run.Pool);
            results.Add(result);
            WindowFunctions.Compute(window.Calls[i], layout.Arguments[i], rows, result, run);
        }
    }

    /// <summary>Returns the memory of the last call.</summary>
    public void Clear()
    {
        rows?.Dispose();
        rows = null;
        foreach (var result in results)
        {
            result.Dispose();
        }

        results.Clear();
    }

    public void Dispose()
    {
        Clear();
        appender.Dispose();
        indexes.Dispose();
        run.Dispose();
    }
}
