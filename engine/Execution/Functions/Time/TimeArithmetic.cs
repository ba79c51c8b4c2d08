using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The operators + - * / where a side is a TIMESTAMP, DATE or INTERVAL. Months are calendar months, and a day that the
/// target month lacks becomes its last one; days are of 24 hours.
/// </summary>
internal static class TimeArithmetic
{
    private static readonly Signature[] Sums =
    [
        new(Rows.Map<AddToTimestamp, long, Interval, long>, DataType.Timestamp, DataType.Timestamp, DataType.Interval),
        new(Rows.Map<AddTimestampTo, Interval, long, long>, DataType.Timestamp, DataType.Interval, DataType.Timestamp),
        new(Rows.Map<AddDays, int, long, int>, DataType.Date, DataType.Date, DataType.BigInt),
        new(Rows.Map<AddDateTo, long, int, int>, DataType.Date, DataType.BigInt, DataType.Date),
        new(
            Rows.Map<AddIntervals, Interval, Interval, Interval>,
            DataType.Interval,
            DataType.Interval,
            DataType.Interval
        ),
    ];

    private static readonly Signature[] Differences =
    [
        new(Rows.Map<SubtractDates, int, int, int>, DataType.Int, DataType.Date, DataType.Date),
        new(
            Rows.Map<SubtractTimestamps, long, long, Interval>,
            DataType.Interval,
            DataType.Timestamp,
            DataType.Timestamp
        ),
        new(
            Rows.Map<SubtractFromTimestamp, long, Interval, long>,
            DataType.Timestamp,
            DataType.Timestamp,
            DataType.Interval
        ),
        new(Rows.Map<SubtractDays, int, long, int>, DataType.Date, DataType.Date, DataType.BigInt),
        new(
            Rows.Map<SubtractIntervals, Interval, Interval, Interval>,
            DataType.Interval,
            DataType.Interval,
            DataType.Interval
        ),
        new(Rows.Map<NegateInterval, Interval, Interval>, DataType.Interval, DataType.Interval),
    ];

    private static readonly Signature[] Products =
    [
        new(Rows.Map<MultiplyInteger, Interval, long, Interval>, DataType.Interval, DataType.Interval, DataType.BigInt),
        new(Rows.Map<IntegerTimes, long, Interval, Interval>, DataType.Interval, DataType.BigInt, DataType.Interval),
        new(Rows.Map<Multiply, Interval, double, Interval>, DataType.Interval, DataType.Interval, DataType.Double),
        new(Rows.Map<Times, double, Interval, Interval>, DataType.Interval, DataType.Double, DataType.Interval),
    ];

    private static readonly Signature[] Quotients =
    [
        new(Rows.Map<Divide, Interval, double, Interval>, DataType.Interval, DataType.Interval, DataType.Double),
    ];

    public static Signature? Sum(IReadOnlyList<DataType?> types) => Choose(Sums, types);

    public static Signature? Difference(IReadOnlyList<DataType?> types) => Choose(Differences, types);

    public static Signature? Product(IReadOnlyList<DataType?> types) => Choose(Products, types);

    public static Signature? Quotient(IReadOnlyList<DataType?> types) => Choose(Quotients, types);

    // Between untyped operands nothing says that times are meant.
    private static Signature? Choose(Signature[] overloads, IReadOnlyList<DataType?> types) =>
        types.All(t => t is null) ? null : Define.Choose(overloads, types);

    public static long Add(long nanos, Interval interval) =>
        CivilDate.TryAdd(nanos, interval, out var result)
            ? result
            : Throw.Error<long>(
                ErrorCode.NumericOverflow,
                $"Time stamp {nanos} + {Show(interval)} is outside {TimestampText.Range}"
            );

    public static Interval Negate(Interval x) => Narrow(-(Int128)x.Months, -(Int128)x.Days, -(Int128)x.Nanos);

    private static string Show(Interval interval)
    {
        Span<byte> text = stackalloc byte[IntervalText.LengthMax];
        return System.Text.Encoding.UTF8.GetString(text[..IntervalText.Format(interval, text)]);
    }

    private static Interval Narrow(Int128 months, Int128 days, Int128 nanos) =>
        months == (int)months && days == (int)days && nanos == (long)nanos
            ? new((int)months, (int)days, (long)nanos)
            : Throw.Error<Interval>(
                ErrorCode.NumericOverflow,
                $"{months} months {days} days {nanos} ns do not fit INTERVAL"
            );

    // As PostgreSQL: what a month's product leaves goes to days of a month of 30, what a day's leaves to its hours.
    private static Interval Scale(Interval x, double factor, double divisor = 1)
    {
        var months = x.Months * factor / divisor;
        var wholeMonths = Math.Truncate(months);
        var days = (x.Days * factor / divisor) + ((months - wholeMonths) * 30);
        var wholeDays = Math.Truncate(days);
        var nanos = Math.Round((x.Nanos * factor / divisor) + ((days - wholeDays) * Interval.NanosPerDay));
        if (!(Math.Abs(wholeMonths) < int.MaxValue && Math.Abs(wholeDays) < int.MaxValue && Math.Abs(nanos) < 9.2e18))
        {
            Throw.Error(ErrorCode.NumericOverflow, $"{Show(x)} * {factor / divisor:R} does not fit INTERVAL");
        }

        return new((int)wholeMonths, (int)wholeDays, (long)nanos);
    }

    private static int ToDate(Int128 days) =>
        days == (int)days
            ? (int)days
            : Throw.Error<int>(ErrorCode.NumericOverflow, $"Day {days} since 1970 does not fit DATE");

    private readonly struct AddToTimestamp : IMap<long, Interval, long>
    {
        public static long Invoke(long nanos, Interval interval) => Add(nanos, interval);
    }

    private readonly struct AddTimestampTo : IMap<Interval, long, long>
    {
        public static long Invoke(Interval interval, long nanos) => Add(nanos, interval);
    }

    private readonly struct SubtractFromTimestamp : IMap<long, Interval, long>
    {
        public static long Invoke(long nanos, Interval interval) => Add(nanos, Negate(interval));
    }

    private readonly struct SubtractTimestamps : IMap<long, long, Interval>
    {
        public static Interval Invoke(long left, long right)
        {
            var nanos = (Int128)left - right;
            return new(0, (int)(nanos / Interval.NanosPerDay), (long)(nanos % Interval.NanosPerDay));
        }
    }

    private readonly struct AddDays : IMap<int, long, int>
    {
        public static int Invoke(int date, long days) => ToDate((Int128)date + days);
    }

    private readonly struct AddDateTo : IMap<long, int, int>
    {
        public static int Invoke(long days, int date) => ToDate((Int128)date + days);
    }

    private readonly struct SubtractDays : IMap<int, long, int>
    {
        public static int Invoke(int date, long days) => ToDate((Int128)date - days);
    }

    private readonly struct SubtractDates : IMap<int, int, int>
    {
        public static int Invoke(int left, int right) => ToDate((Int128)left - right);
    }

    private readonly struct AddIntervals : IMap<Interval, Interval, Interval>
    {
        public static Interval Invoke(Interval a, Interval b) =>
            Narrow((Int128)a.Months + b.Months, (Int128)a.Days + b.Days, (Int128)a.Nanos + b.Nanos);
    }

    private readonly struct SubtractIntervals : IMap<Interval, Interval, Interval>
    {
        public static Interval Invoke(Interval a, Interval b) =>
            Narrow((Int128)a.Months - b.Months, (Int128)a.Days - b.Days, (Int128)a.Nanos - b.Nanos);
    }

    private readonly struct NegateInterval : IMap<Interval, Interval>
    {
        public static Interval Invoke(Interval x) => Negate(x);
    }

    private readonly struct MultiplyInteger : IMap<Interval, long, Interval>
    {
        public static Interval Invoke(Interval x, long factor) =>
            Narrow((Int128)x.Months * factor, (Int128)x.Days * factor, (Int128)x.Nanos * factor);
    }

    private readonly struct IntegerTimes : IMap<long, Interval, Interval>
    {
        public static Interval Invoke(long factor, Interval x) => MultiplyInteger.Invoke(x, factor);
    }

    private readonly struct Multiply : IMap<Interval, double, Interval>
    {
        public static Interval Invoke(Interval x, double factor) => Scale(x, factor);
    }

    private readonly struct Times : IMap<double, Interval, Interval>
    {
        public static Interval Invoke(double factor, Interval x) => Scale(x, factor);
    }

    private readonly struct Divide : IMap<Interval, double, Interval>
    {
        public static Interval Invoke(Interval x, double divisor)
        {
            if (divisor == 0)
            {
                IntegerKernels.ThrowDivisionByZero(Show(x), "/");
            }

            return Scale(x, 1, divisor);
        }
    }
}
