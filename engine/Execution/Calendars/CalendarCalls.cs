using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Calls of functions that look into a calendar: bound to it when the statement is bound, so that a row asks no dictionary. The text that
/// names the calendar and the options stays an argument: it tells calls apart, and EXPLAIN shows it.
/// </summary>
public static class CalendarCalls
{
    /// <summary>Name of the function that gives a bar's start.</summary>
    public const string BucketName = "session_bucket";

    private static readonly ScalarFunction BucketFunction = Internal(
        BucketName,
        "Start of the bar of a calendar, or NULL."
    );
    private static readonly ScalarFunction EndFunction = Internal(
        "session_bucket_end",
        "End of the bar that starts there."
    );

    /// <summary>The start of the bar that a time stamp is in; NULL where it is in none.</summary>
    /// <param name="grid">The bars.</param>
    /// <param name="specification">Names the grid: equal for equal ones.</param>
    /// <param name="time">A TIMESTAMP.</param>
    public static CallExpression Bucket(CalendarGrid grid, string specification, BoundExpression time) =>
        Call(
            BucketFunction,
            DataType.Timestamp,
            (a, n, r, _) => Buckets(grid, a, n, r),
            specification,
            time,
            true,
            grid
        );

    /// <summary>The end of the bar that starts at a time stamp, as <see cref="Bucket"/> gives it.</summary>
    public static CallExpression BucketEnd(CalendarGrid grid, string specification, BoundExpression open) =>
        Call(EndFunction, DataType.Timestamp, (a, n, r, _) => Ends(grid, a, n, r), specification, open, open.Nullable);

    /// <summary>A kernel for trade_date(ts, calendar), whose second argument is this calendar.</summary>
    public static ScalarKernel TradeDates(TradingCalendar calendar) => (a, n, r, _) => Dates(calendar, a, n, r);

    /// <summary>A kernel for in_session(ts, calendar), whose second argument is this calendar.</summary>
    public static ScalarKernel InSessions(TradingCalendar calendar) => (a, n, r, _) => Sessions(calendar, a, n, r);

    private static ScalarFunction Internal(string name, string summary) =>
        new()
        {
            Name = name,
            Summary = summary,
            Example = string.Empty,
            Resolve = static _ => null,
        };

    private static CallExpression Call(
        ScalarFunction function,
        DataType type,
        ScalarKernel kernel,
        string specification,
        BoundExpression time,
        bool nullable,
        CalendarGrid? grid = null
    ) =>
        new(
            new ScalarOverload(function, [DataType.Timestamp, DataType.Varchar], type, kernel) { Grid = grid },
            [time, new ConstantExpression(ConstantValue.Of(specification))],
            nullable
        );

    private static void Buckets(
        CalendarGrid grid,
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result
    )
    {
        var times = arguments[0].Values<long>();
        var target = result.Writable<long>()[..rowCount];
        result.SetRowCount(rowCount);
        var hasNulls = arguments[0].MayHaveNulls;
        // Holds nothing at first.
        var bar = default(GridBar);
        for (var i = 0; i < target.Length; i++)
        {
            var nanos = times[i];
            if (!bar.Holds(nanos))
            {
                if (hasNulls && arguments[0].IsNull(i))
                {
                    target[i] = 0;
                    continue;
                }

                bar = grid.Find(nanos);
            }

            target[i] = bar.OpenNanos;
            if (!bar.IsBar)
            {
                result.WritableValidity()[i] = 0;
            }
        }
    }

    private static void Ends(CalendarGrid grid, ReadOnlySpan<ColumnVector> arguments, int rowCount, ColumnVector result)
    {
        var opens = arguments[0].Values<long>();
        var target = result.Writable<long>()[..rowCount];
        var hasNulls = arguments[0].MayHaveNulls;
        var (open, end) = (long.MinValue, long.MinValue);
        for (var i = 0; i < target.Length; i++)
        {
            if (hasNulls && arguments[0].IsNull(i))
            {
                target[i] = 0;
                continue;
            }

            if (opens[i] != open)
            {
                open = opens[i];
                end = grid.CloseOf(open);
            }

            target[i] = end;
        }

        result.SetRowCount(rowCount);
    }

    private static void Dates(
        TradingCalendar calendar,
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result
    )
    {
        var times = arguments[0].Values<long>();
        var target = result.Writable<int>()[..rowCount];
        var hasNulls = arguments[0].MayHaveNulls;
        TradingDay? day = null;
        for (var i = 0; i < target.Length; i++)
        {
            if (hasNulls && arguments[0].IsNull(i))
            {
                target[i] = 0;
                continue;
            }

            if (day is null || !day.Holds(times[i]))
            {
                day = calendar.Find(times[i]);
            }

            target[i] = day.Date;
        }

        result.SetRowCount(rowCount);
    }

    private static void Sessions(
        TradingCalendar calendar,
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result
    )
    {
        var times = arguments[0].Values<long>();
        var target = result.Writable<byte>()[..rowCount];
        var hasNulls = arguments[0].MayHaveNulls;
        TradingDay? day = null;
        for (var i = 0; i < target.Length; i++)
        {
            if (hasNulls && arguments[0].IsNull(i))
            {
                target[i] = 0;
                continue;
            }

            if (day is null || !day.Holds(times[i]))
            {
                day = calendar.Find(times[i]);
            }

            target[i] = day.Find(times[i]) >= 0 ? (byte)1 : (byte)0;
        }

        result.SetRowCount(rowCount);
    }
}
