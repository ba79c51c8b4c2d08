using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The right side of an ASOF join: its rows grouped by key, and within a key sorted by time, sequence and input order.
/// Times are kept as sort codes beside the row numbers, so that a search touches nothing else. Input that comes
/// clustered is not sorted again: seeing that it is in order takes one pass.
/// </summary>
internal sealed class AsofIndex : IDisposable
{
    private readonly LeasedArray<int> order;
    private readonly LeasedArray<ulong> times;
    private readonly LeasedArray<int> starts;

    private AsofIndex(
        Batch rows,
        KeyTable? keys,
        LeasedArray<int> order,
        LeasedArray<ulong> times,
        LeasedArray<int> starts
    )
    {
        Rows = rows;
        Keys = keys;
        this.order = order;
        this.times = times;
        this.starts = starts;
    }

    /// <summary>The right rows in input order.</summary>
    public Batch Rows { get; }

    /// <summary>Numbers of the keys; null where there are none, and all rows are of key 0.</summary>
    public KeyTable? Keys { get; }

    /// <summary>Row numbers, key by key, by time.</summary>
    public ReadOnlySpan<int> Order => order.Span;

    /// <summary>The time code at each place of <see cref="Order"/>.</summary>
    public ReadOnlySpan<ulong> Times => times.Span;

    /// <summary>For each key its first place in <see cref="Order"/>; one more at the end.</summary>
    public ReadOnlySpan<int> Starts => starts.Span;

    /// <summary>Takes ownership of <paramref name="rows"/>, also where it throws.</summary>
    public static AsofIndex Build(
        Batch rows,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        ReadOnlySpan<int> keyColumns,
        int timeColumn,
        int[] tieColumns,
        QueryRun run
    )
    {
        KeyTable? keys = null;
        LeasedArray<int>? order = null;
        LeasedArray<ulong>? times = null;
        LeasedArray<int>? starts = null;
        var numbers = ColumnVector.CreateView(DataType.Int);
        try
        {
            numbers = ColumnVector.Allocate(DataType.Int, Math.Max(rows.RowCount, 1), run.Pool);
            keys = KeyLookup.Number(rows, keyColumns, leftKeys, rightKeys, numbers.Writable<int>(), run);
            numbers.SetRowCount(rows.RowCount);
            var keyCount = keys?.Count ?? 1;
            DropTimeless(rows[timeColumn], numbers, keyCount);
            order = Sort(rows, numbers, timeColumn, tieColumns, run);
            times = new LeasedArray<ulong>(Math.Max(rows.RowCount, 1), run.Pool);
            starts = new LeasedArray<int>(keyCount + 1, run.Pool);
            WriteTimes(rows[timeColumn], order.Span[..rows.RowCount], times.Span, run);
            WriteStarts(numbers.Values<int>(), order.Span, starts.Span);
            return new AsofIndex(rows, keys, order, times, starts);
        }
        catch
        {
            keys?.Dispose();
            order?.Dispose();
            times?.Dispose();
            starts?.Dispose();
            rows.Dispose();
            throw;
        }
        finally
        {
            numbers.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        order.Dispose();
        times.Dispose();
        starts.Dispose();
        Keys?.Dispose();
        Rows.Dispose();
    }

    // Rows whose time is NULL or NaN match nothing: they go behind the last key.
    private static void DropTimeless(ColumnVector times, ColumnVector numbers, int keyCount)
    {
        var number = numbers.Writable<int>();
        for (var row = 0; times.MayHaveNulls && row < times.RowCount; row++)
        {
            number[row] = times.IsNull(row) ? keyCount : number[row];
        }

        for (var row = 0; times.Type.IsFloating && row < times.RowCount; row++)
        {
            var isNan =
                times.Type.Kind == TypeKind.Real
                    ? float.IsNaN(times.Values<float>()[row])
                    : double.IsNaN(times.Values<double>()[row]);
            number[row] = isNan ? keyCount : number[row];
        }
    }

    private static LeasedArray<int> Sort(
        Batch rows,
        ColumnVector numbers,
        int timeColumn,
        int[] tieColumns,
        QueryRun run
    )
    {
        int[] columns = [timeColumn, .. tieColumns];
        var schema = new BatchSchema([new("#key", DataType.Int), .. columns.Select(c => rows.Schema[c])]);
        using var view = Batch.CreateView(schema);
        view[0].Borrow(numbers, 0, rows.RowCount);
        for (var i = 0; i < columns.Length; i++)
        {
            view[i + 1].Borrow(rows[columns[i]], 0, rows.RowCount);
        }

        view.SetRowCount(rows.RowCount);
        SortColumn[] keys =
        [
            .. Enumerable.Range(0, schema.ColumnCount).Select(c => new SortColumn(c, false, NullsFirst: true)),
        ];
        return RowSort.Order(view, keys, run.Context.Symbols, run.Pool);
    }

    private static void WriteTimes(ColumnVector column, ReadOnlySpan<int> order, Span<ulong> times, QueryRun run)
    {
        using var codes = new LeasedArray<ulong>(Math.Max(order.Length, 1), run.Pool);
        SortCodes.WriteAbsolute(column, codes.Span);
        var byRow = codes.Span;
        for (var i = 0; i < order.Length; i++)
        {
            times[i] = byRow[order[i]];
        }
    }

    private static void WriteStarts(ReadOnlySpan<int> numbers, ReadOnlySpan<int> order, Span<int> starts)
    {
        var at = 0;
        for (var key = 0; key < starts.Length; key++)
        {
            while (at < numbers.Length && numbers[order[at]] < key)
            {
                at++;
            }

            starts[key] = at;
        }
    }
}
