using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// time_bucket: the beginning of the bucket that holds a time stamp. Buckets of a fixed width count from the origin, by
/// default Monday 2000-01-03; buckets of months count calendar months from the origin's month, by default January 2000.
/// </summary>
internal static class TimeBucket
{
    private const long DefaultOrigin = 946_857_600_000_000_000;
    private const long DefaultMonthOrigin = 946_684_800_000_000_000;

    /// <summary>
    /// Kernel of time_bucket(width, ts[, origin]). Rows of one bucket mostly follow each other: as long as width, origin and
    /// bucket stay, a row costs two comparisons.
    /// </summary>
    public static void Kernel(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var widths = arguments[0].Values<Interval>();
        var times = arguments[1].Values<long>();
        var origins = arguments.Length == 3 ? arguments[2].Values<long>() : default;
        var target = result.Writable<long>()[..rowCount];
        var hasNulls =
            arguments[0].MayHaveNulls
            || arguments[1].MayHaveNulls
            || (arguments.Length == 3 && arguments[2].MayHaveNulls);
        var (width, origin) = (default(Interval), 0L);
        // The bucket is [start, end); empty at first.
        Int128 start = 0;
        Int128 end = 0;
        var (startNanos, endNanos) = (0L, 0L);
        for (var i = 0; i < target.Length; i++)
        {
            if (hasNulls && Rows.AnyNull(arguments, i))
            {
                target[i] = 0;
                continue;
            }

            var nanos = times[i];
            if (
                nanos < startNanos
                || nanos >= endNanos
                || widths[i] != width
                || (!origins.IsEmpty && origins[i] != origin)
            )
            {
                width = widths[i];
                origin =
                    !origins.IsEmpty ? origins[i]
                    : width.Months != 0 ? DefaultMonthOrigin
                    : DefaultOrigin;
                (start, end) = Find(nanos, width, origin);
                if (start < long.MinValue)
                {
                    Throw.Error(
                        ErrorCode.NumericOverflow,
                        $"The bucket of time stamp {nanos} begins before {TimestampText.Range}"
                    );
                }

                startNanos = (long)start;
                endNanos = end > long.MaxValue ? long.MaxValue : (long)end;
            }

            target[i] = startNanos;
        }

        result.SetRowCount(rowCount);
    }

    /// <summary>The bucket [start, end) that holds a time stamp, in nanoseconds.</summary>
    private static (Int128 Start, Int128 End) Find(long nanos, Interval width, long origin)
    {
        if (width.Months == 0 && width.TryGetNanos(out var widthNanos) && widthNanos > 0)
        {
            var distance = (Int128)nanos - origin;
            var start = origin + (FloorDivide(distance, widthNanos) * widthNanos);
            return (start, start + widthNanos);
        }

        if (width.Months <= 0 || width.Days != 0 || width.Nanos != 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A bucket of {width.Months} months, {width.Days} days and {width.Nanos} ns is not possible: "
                    + "above 0, and months by themselves"
            );
        }

        // Months are counted from the origin's month; the day and time of day of the origin shift the beginnings.
        var originDays = CivilDate.DaysOfTimestamp(origin);
        var originDate = CivilDate.FromDays(originDays);
        var date = CivilDate.FromDays(CivilDate.DaysOfTimestamp(nanos));
        var months = ((date.Year - originDate.Year) * 12) + date.Month - originDate.Month;
        var index = FloorDivide(months, width.Months);
        if (MonthStart(originDays, origin, (int)(index * width.Months)) > nanos)
        {
            index--;
        }

        return (
            MonthStart(originDays, origin, (int)(index * width.Months)),
            MonthStart(originDays, origin, (int)((index + 1) * width.Months))
        );
    }

    private static Int128 MonthStart(int originDays, long origin, int months)
    {
        CivilDate.TryAddMonths(originDays, months, out var days);
        return ((Int128)days * Interval.NanosPerDay) + (origin - ((Int128)originDays * Interval.NanosPerDay));
    }

    private static Int128 FloorDivide(Int128 value, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
