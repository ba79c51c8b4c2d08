using TickStore.Core;

namespace TickStore.Storage.Catalog;

/// <summary>Spans of event time that segments are kept apart by, in UTC.</summary>
internal static class Partitions
{
    private const long HourNanos = 3600L * 1_000_000_000;
    private const long DayNanos = 24 * HourNanos;

    /// <summary>First and last event time of the partition that a time lies in.</summary>
    public static (long First, long Last) Around(PartitionUnit unit, long nanos)
    {
        switch (unit)
        {
            case PartitionUnit.Hour:
                return Fixed(nanos, HourNanos);
            case PartitionUnit.Day:
                return Fixed(nanos, DayNanos);
            case PartitionUnit.Month:
            case PartitionUnit.Year:
                var (year, month) = MonthOf(FloorDivide(nanos, DayNanos));
                var firstMonth = unit == PartitionUnit.Year ? 1 : month;
                var months = unit == PartitionUnit.Year ? 12 : 1;
                var first = DaysBefore(year, firstMonth);
                var next = firstMonth + months > 12 ? DaysBefore(year + 1, 1) : DaysBefore(year, firstMonth + months);
                return (Scaled(first), next * (Int128)DayNanos > long.MaxValue ? long.MaxValue : (next * DayNanos) - 1);
            default:
                return (long.MinValue, long.MaxValue);
        }
    }

    private static (long First, long Last) Fixed(long nanos, long lengthNanos)
    {
        var first = (Int128)FloorDivide(nanos, lengthNanos) * lengthNanos;
        var last = first + lengthNanos - 1;
        return ((long)Int128.Max(first, long.MinValue), (long)Int128.Min(last, long.MaxValue));
    }

    private static long Scaled(long days) => (long)Int128.Max((Int128)days * DayNanos, long.MinValue);

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : ((value + 1) / by) - 1;

    // Days since 1970 to civil dates and back, after H. Hinnant, "chrono-compatible low-level date algorithms".
    private static (long Year, int Month) MonthOf(long days)
    {
        days += 719_468;
        var era = FloorDivide(days, 146_097);
        var dayOfEra = days - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = (int)(((5 * dayOfYear) + 2) / 153);
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month);
    }

    private static long DaysBefore(long year, int month)
    {
        year -= month <= 2 ? 1 : 0;
        var era = FloorDivide(year, 400);
        var yearOfEra = year - (era * 400);
        var dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }
}
