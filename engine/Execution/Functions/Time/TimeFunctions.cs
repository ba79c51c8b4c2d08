using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Functions of times, all in UTC. The operators over times are in <see cref="TimeArithmetic"/>.</summary>
internal static class TimeFunctions
{
    private static readonly DataType Time = DataType.Timestamp;

    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar(
            "time_bucket",
            "time_bucket(INTERVAL '1m', TIMESTAMP '2026-03-02T09:30:12Z')",
            "Beginning of the bucket that holds the time stamp; of days or less from Monday 2000-01-03, of months from January 2000, "
                + "or from the third argument.",
            new Signature(TimeBucket.Kernel, Time, DataType.Interval, Time),
            new Signature(TimeBucket.Kernel, Time, DataType.Interval, Time, Time)
        ),
        Define.Scalar(
            "date_trunc",
            "date_trunc('hour', TIMESTAMP '2026-03-02T09:30:12Z')",
            "Beginning of the unit that holds the time stamp.",
            Of<long>(
                static (a, i) => TimeFields.Truncate(a[0].Utf8(i), a[1].Values<long>()[i]),
                Time,
                DataType.Varchar,
                Time
            )
        ),
        Extracting("extract", "extract(hour FROM TIMESTAMP '2026-03-02T09:30:12Z')"),
        Extracting("date_part", "date_part('hour', TIMESTAMP '2026-03-02T09:30:12Z')"),
        Define.Infallible(
            "now",
            "now()",
            "The time at which the query began; in a replay its virtual clock.",
            new Signature(Now, Time)
        ),
        Define.Scalar(
            "make_timestamp",
            "make_timestamp(2026, 3, 2, 9, 30, 12.5)",
            "The time stamp of a date and a time of day in UTC.",
            Of<long>(
                MakeTimestamp,
                Time,
                DataType.Int,
                DataType.Int,
                DataType.Int,
                DataType.Int,
                DataType.Int,
                DataType.Double
            )
        ),
        Define.Scalar(
            "make_date",
            "make_date(2026, 3, 2)",
            "The date of year, month and day.",
            Of<int>(MakeDate, DataType.Date, DataType.Int, DataType.Int, DataType.Int)
        ),
        Define.Scalar(
            "to_timestamp",
            "to_timestamp(1772443812.5)",
            "The time stamp that many seconds after 1970.",
            new Signature(Rows.Map<FromWholeSeconds, long, long>, Time, DataType.BigInt),
            new Signature(Rows.Map<FromSeconds, double, long>, Time, DataType.Double)
        ),
        Define.Infallible(
            "epoch_ns",
            "epoch_ns(TIMESTAMP '2026-03-02T09:30:12Z')",
            "Nanoseconds since 1970, as BIGINT.",
            new Signature(Rows.Copy64, DataType.BigInt, Time)
        ),
        Define.Infallible(
            "date",
            "date(TIMESTAMP '2026-03-02T09:30:12Z')",
            "The day in UTC.",
            new Signature(Rows.Copy, DataType.Date, DataType.Date),
            new Signature(Rows.Map<DayOf, long, int>, DataType.Date, Time)
        ),
        Define.Scalar(
            "at_time_zone",
            "at_time_zone(TIMESTAMP '2026-03-02T09:30:12Z', 'Asia/Shanghai')",
            "What a wall clock in the zone shows, as a TIMESTAMP: UTC, an offset such as +08:00, Asia/Shanghai, America/New_York or "
                + "Europe/London.",
            Of<long>(AtTimeZone, Time, Time, DataType.Varchar)
        ),
    ];

    private static Signature Of<T>(TextReader<T> reader, DataType type, params DataType[] arguments)
        where T : unmanaged => new(TextRows.Read(reader), type, arguments);

    private static ScalarFunction Extracting(string name, string example) =>
        Define.Scalar(
            name,
            example,
            "A field of a time stamp, date or interval, as DOUBLE: epoch, year, month, day, hour, second, dow, week ...",
            Of<double>(
                static (a, i) => TimeFields.Extract(a[0].Utf8(i), a[1].Values<long>()[i]),
                DataType.Double,
                DataType.Varchar,
                Time
            ),
            Of<double>(
                static (a, i) => TimeFields.Extract(a[0].Utf8(i), a[1].Values<Interval>()[i]),
                DataType.Double,
                DataType.Varchar,
                DataType.Interval
            )
        );

    private static void Now(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        result.Writable<long>()[..rowCount].Fill(context.NowNanos);
        result.SetRowCount(rowCount);
    }

    private static long MakeTimestamp(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var (hour, minute, second) = (
            arguments[3].Values<int>()[row],
            arguments[4].Values<int>()[row],
            arguments[5].Values<double>()[row]
        );
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || !(second >= 0 && second < 60))
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{hour}:{minute}:{second:R} is no time of day: 0:0:0 to 23:59:59.999999999"
            );
        }

        var nanosOfDay = (((hour * 60L) + minute) * 60_000_000_000) + (long)Math.Round(second * 1e9);
        var nanos = (Int128)TimeFields.ToNanos(MakeDate(arguments, row)) + nanosOfDay;
        return nanos == (long)nanos ? (long)nanos : Outside($"{nanos} ns");
    }

    private static int MakeDate(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var date = new CivilDate(
            arguments[0].Values<int>()[row],
            arguments[1].Values<int>()[row],
            arguments[2].Values<int>()[row]
        );
        if (!date.IsValid || Math.Abs((long)date.Year) > 5_000_000)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"{date.Year}-{date.Month}-{date.Day} is no date");
        }

        return (int)date.ToDays();
    }

    private static long AtTimeZone(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        var utc = arguments[0].Values<long>()[row];
        var local = (Int128)utc + TimeZoneRules.OffsetNanos(arguments[1].Utf8(row), utc);
        return local == (long)local ? (long)local : Outside($"{local} ns");
    }

    private static long Outside(string what) =>
        Throw.Error<long>(ErrorCode.NumericOverflow, $"{what} does not fit TIMESTAMP: {TimestampText.Range}");

    private readonly struct DayOf : IMap<long, int>
    {
        public static int Invoke(long nanos) => CivilDate.DaysOfTimestamp(nanos);
    }

    private readonly struct FromWholeSeconds : IMap<long, long>
    {
        public static long Invoke(long seconds)
        {
            var nanos = (Int128)seconds * 1_000_000_000;
            return nanos == (long)nanos ? (long)nanos : Outside($"{seconds} s");
        }
    }

    private readonly struct FromSeconds : IMap<double, long>
    {
        public static long Invoke(double seconds)
        {
            // Whole seconds and the fraction apart, for the product of both would lose its last digits.
            var whole = Math.Floor(seconds);
            var nanos = (whole * 1e9) + Math.Round((seconds - whole) * 1e9);
            return Math.Abs(nanos) < 9.2e18
                ? ((long)whole * 1_000_000_000) + (long)Math.Round((seconds - whole) * 1e9)
                : Outside($"{seconds:R} s");
        }
    }
}
