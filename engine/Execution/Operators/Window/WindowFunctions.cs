using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The functions that exist only over a window, and the way to the aggregates. Each appends its results in the order of
/// the rows.
/// </summary>
public static class WindowFunctions
{
    /// <summary>
    /// The functions that exist only over a window, in lower case; every aggregate may stand over a window as well.
    /// Numbers and ranks are BIGINT, percent_rank and cume_dist DOUBLE, the others of their first argument's type.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "row_number",
        "rank",
        "dense_rank",
        "percent_rank",
        "cume_dist",
        "ntile",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "nth_value",
    ];

    internal static void Compute(
        WindowCall call,
        int[] argumentColumns,
        WindowRows window,
        ColumnVector result,
        QueryRun run
    )
    {
        var arguments = argumentColumns.Select(c => window.Rows[c]).ToArray();
        if (call.Aggregate is not null)
        {
            new WindowAggregate(call, arguments, window, result, run).Compute();
            return;
        }

        switch (call.Function.ToLowerInvariant())
        {
            case "row_number":
                Number(window, result, run, static p => p.Row - p.Start + 1);
                break;
            case "rank":
                Number(window, result, run, static p => p.PeerStart - p.Start + 1);
                break;
            case "dense_rank":
                Number(window, result, run, static p => p.PeerNumber + 1);
                break;
            case "ntile":
                Tile(window, arguments[0], result, run);
                break;
            case "percent_rank":
                Divide(
                    window,
                    result,
                    run,
                    static p => p.End - p.Start == 1 ? 0 : (p.PeerStart - p.Start) / (double)(p.End - p.Start - 1)
                );
                break;
            case "cume_dist":
                Divide(window, result, run, static p => (p.PeerEnd - p.Start) / (double)(p.End - p.Start));
                break;
            case "lag":
                Shift(window, arguments, -1, result, run);
                break;
            case "lead":
                Shift(window, arguments, 1, result, run);
                break;
            case "first_value" or "last_value" or "nth_value":
                Pick(call, window, arguments, result, run);
                break;
            default:
                Throw.Error(
                    ErrorCode.UnknownName,
                    $"No window function is named {call.Function}; there are {string.Join(", ", Names)}, and the aggregates"
                );
                break;
        }
    }

    private static void Number(WindowRows window, ColumnVector result, QueryRun run, Func<WindowPlace, int> number)
    {
        var is64 = result.Type.Physical == PhysicalType.Int64;
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            if (is64)
            {
                result.Writable<long>()[place.Row] = number(place);
            }
            else
            {
                result.Writable<int>()[place.Row] = number(place);
            }
        }

        result.SetRowCount(window.Rows.RowCount);
    }

    private static void Divide(WindowRows window, ColumnVector result, QueryRun run, Func<WindowPlace, double> value)
    {
        var target = result.Writable<double>();
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            target[place.Row] = value(place);
        }

        result.SetRowCount(window.Rows.RowCount);
    }

    // The first (rows modulo n) tiles have one row more than the others.
    private static void Tile(WindowRows window, ColumnVector tiles, ColumnVector result, QueryRun run)
    {
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            // The number of tiles is that of the partition's first row, as in PostgreSQL.
            if (tiles.IsNull(place.Start))
            {
                AppendNumber(result, null);
                continue;
            }

            var count = ReadInteger(tiles, place.Start);
            if (count < 1)
            {
                Throw.Error(ErrorCode.InvalidArgument, $"ntile({count}) is not possible: at least 1");
            }

            long rowCount = place.End - place.Start;
            var small = rowCount / count;
            var large = rowCount % count;
            var at = place.Row - place.Start;
            AppendNumber(
                result,
                at < large * (small + 1) ? (at / (small + 1)) + 1 : large + ((at - (large * (small + 1))) / small) + 1
            );
        }
    }

    private static void AppendNumber(ColumnVector result, long? value)
    {
        var type = result.Type;
        var constant = value is { } number ? ConstantValue.Of(type, number) : ConstantValue.Null(type);
        ConstantColumns.Append(constant, result, symbols: null);
    }

    // lag and lead: [offset [, default]] of the current row decide.
    private static void Shift(
        WindowRows window,
        ColumnVector[] arguments,
        int direction,
        ColumnVector result,
        QueryRun run
    )
    {
        var gather = new GatherBuffer(arguments[0], arguments.Length > 2 ? arguments[2] : null, result);
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            if (arguments.Length > 1 && arguments[1].IsNull(place.Row))
            {
                gather.AddNull();
                continue;
            }

            var offset =
                arguments.Length > 1
                    ? Math.Clamp(ReadInteger(arguments[1], place.Row), -int.MaxValue, int.MaxValue)
                    : 1;
            var row = place.Row + (direction * offset);
            if (row >= place.Start && row < place.End)
            {
                gather.Add((int)row);
            }
            else
            {
                gather.AddDefault(place.Row);
            }
        }

        gather.Flush();
    }

    private static void Pick(
        WindowCall call,
        WindowRows window,
        ColumnVector[] arguments,
        ColumnVector result,
        QueryRun run
    )
    {
        var name = call.Function.ToLowerInvariant();
        var gather = new GatherBuffer(arguments[0], null, result);
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            var (start, end) = place.Frame(call);
            long row = name == "last_value" ? end - 1 : start;
            if (name == "nth_value")
            {
                var n = arguments[1].IsNull(place.Row) ? 0 : ReadInteger(arguments[1], place.Row);
                if (n < 1 && !arguments[1].IsNull(place.Row))
                {
                    Throw.Error(ErrorCode.InvalidArgument, $"nth_value(..., {n}) is not possible: rows count from 1");
                }

                row = n < 1 || n > end - start ? end : start + n - 1;
            }

            if (start < end && row < end)
            {
                gather.Add((int)row);
            }
            else
            {
                gather.AddNull();
            }
        }

        gather.Flush();
    }

    private static long ReadInteger(ColumnVector column, int row) =>
        column.Type.Physical switch
        {
            PhysicalType.Int16 => column.Values<short>()[row],
            PhysicalType.Int32 => column.Values<int>()[row],
            _ => column.Values<long>()[row],
        };

    /// <summary>Gathers rows batch-wise; defaults come from another column.</summary>
    private sealed class GatherBuffer(ColumnVector source, ColumnVector? defaults, ColumnVector result)
    {
        private readonly int[] rows = new int[Batch.VectorRows];
        private int count;

        public void Add(int row)
        {
            rows[count++] = row;
            if (count == rows.Length)
            {
                Flush();
            }
        }

        public void AddNull() => Add(-1);

        public void AddDefault(int row)
        {
            if (defaults is null)
            {
                AddNull();
                return;
            }

            Flush();
            VectorCopy.AppendRange(defaults, row, 1, result);
        }

        public void Flush()
        {
            VectorCopy.AppendGather(source, rows.AsSpan(0, count), result);
            count = 0;
        }
    }
}
