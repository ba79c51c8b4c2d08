using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Finds the numbers of a batch's keys in a finished table, for joins: NULL in any key finds nothing.
/// </summary>
internal sealed class KeyLookup(IReadOnlyList<BoundExpression> keys, KeyTable? table, EvaluationContext context)
    : IDisposable
{
    private readonly ExpressionSet expressions = new(keys, context);
    private readonly KeyScratch scratch = new();
    private int[] numbers = new int[Batch.VectorRows];

    /// <summary>What the last call of <see cref="Find"/> found.</summary>
    public ReadOnlySpan<int> Found => numbers;

    /// <summary>A number for each row, or -1; all 0 where there are no keys. Valid until the next call.</summary>
    public ReadOnlySpan<int> Find(Batch batch)
    {
        var rowCount = batch.RowCount;
        numbers = numbers.Length < rowCount ? new int[rowCount] : numbers;
        var found = numbers.AsSpan(0, rowCount);
        if (table is null)
        {
            found.Clear();
            return found;
        }

        var columns = expressions.Evaluate(batch);
        table.Find(columns, rowCount, found, scratch);
        foreach (var column in columns)
        {
            var validity = column.Validity;
            for (var i = 0; i < validity.Length; i++)
            {
                found[i] = validity[i] == 0 ? -1 : found[i];
            }
        }

        return found;
    }

    /// <summary>
    /// Numbers the keys of kept rows, in <paramref name="numbers"/>, with a table made for both sides of a join.
    /// </summary>
    public static KeyTable? Number(
        Batch rows,
        ReadOnlySpan<int> keyColumns,
        IReadOnlyList<BoundExpression> left,
        IReadOnlyList<BoundExpression> right,
        Span<int> numbers,
        QueryRun run
    )
    {
        if (keyColumns.IsEmpty)
        {
            numbers.Clear();
            return null;
        }

        var table = KeyTable.Create(
            [.. right.Select((k, i) => new KeyType(k.Type, k.Nullable || left[i].Nullable))],
            run.Pool
        );
        try
        {
            var views = new ColumnVector[keyColumns.Length];
            for (var i = 0; i < views.Length; i++)
            {
                views[i] = ColumnVector.CreateView(rows[keyColumns[i]].Type);
            }

            for (var start = 0; start < rows.RowCount; start += Batch.VectorRows)
            {
                run.ThrowIfCancelled();
                var rowCount = Math.Min(Batch.VectorRows, rows.RowCount - start);
                for (var i = 0; i < views.Length; i++)
                {
                    views[i].Borrow(rows[keyColumns[i]], start, rowCount);
                }

                table.Assign(views, rowCount, numbers[start..]);
            }

            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => expressions.Dispose();
}
