using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The parts of a time stamp in UTC: extract and date_trunc. Weeks begin on Monday and are those of ISO 8601.</summary>
internal static class TimeFields
{
    private const long NanosPerSecond = 1_000_000_000;
    private const long NanosPerMinute = 60 * NanosPerSecond;
    private const long NanosPerHour = 60 * NanosPerMinute;

    private const string Fields =
        "nanoseconds, microseconds, milliseconds, second, minute, hour, day, dow, isodow, doy, week, month, "
        + "quarter, year, isoyear, decade, century, millennium or epoch";

    /// <summary>The quotient rounded towards minus infinity.</summary>
    public static long FloorDivide(long value, long divisor)
    {
        var quotient = value / divisor;
        return quotient - (value % divisor < 0 ? 1 : 0);
    }

    /// <summary>
    /// A field as DOUBLE, as PostgreSQL's extract: seconds and smaller units count within the minute and with their fraction;
    /// epoch is seconds since 1970.
    /// </summary>
    public static double Extract(ReadOnlySpan<byte> field, long nanos)
    {
        var days = CivilDate.DaysOfTimestamp(nanos);
        var nanosOfDay = nanos - (days * Interval.NanosPerDay);
        var date = CivilDate.FromDays(days);
        var isoWeekday = IsoWeekday(days);
        switch (Name(field))
        {
            case "nanosecond":
                return nanosOfDay % NanosPerMinute;
            case "microsecond":
                return nanosOfDay % NanosPerMinute / 1e3;
            case "millisecond":
                return nanosOfDay % NanosPerMinute / 1e6;
            case "second":
                return nanosOfDay % NanosPerMinute / 1e9;
            case "minute":
                return nanosOfDay / NanosPerMinute % 60;
            case "hour":
                return nanosOfDay / NanosPerHour;
            case "day":
                return date.Day;
            case "dow":
                return isoWeekday % 7;
            case "isodow":
                return isoWeekday;
            case "doy":
                return days - new CivilDate(date.Year, 1, 1).ToDays() + 1;
            case "week":
                return ((days - IsoYearStart(days, out _)) / 7) + 1;
            case "isoyear":
                IsoYearStart(days, out var isoYear);
                return isoYear;
            case "month":
                return date.Month;
            case "quarter":
                return ((date.Month - 1) / 3) + 1;
            case "year":
                return date.Year;
            case "decade":
                return FloorDivide(date.Year, 10);
            case "century":
                return FloorDivide(date.Year - 1, 100) + 1;
            case "millennium":
                return FloorDivide(date.Year - 1, 1000) + 1;
            case "epoch":
                return NumberCasts.ToDouble(nanos, 9, NanosPerSecond);
            default:
                return Unknown(field);
        }
    }

    /// <summary>A field of an interval, as DOUBLE; epoch takes a month as 30 days and a year as 365.25.</summary>
    public static double Extract(ReadOnlySpan<byte> field, Interval value) =>
        Name(field) switch
        {
            "nanosecond" => value.Nanos % NanosPerMinute,
            "microsecond" => value.Nanos % NanosPerMinute / 1e3,
            "millisecond" => value.Nanos % NanosPerMinute / 1e6,
            "second" => value.Nanos % NanosPerMinute / 1e9,
            "minute" => value.Nanos / NanosPerMinute % 60,
            "hour" => value.Nanos / NanosPerHour,
            "day" => value.Days,
            "month" => value.Months % 12,
            "quarter" => (value.Months % 12 / 3) + 1,
            "year" => value.Months / 12,
            "epoch" => (value.Months / 12 * 365.25 * 86_400)
                + (((value.Months % 12 * 30.0) + value.Days) * 86_400)
                + (value.Nanos / 1e9),
            _ => Unknown(field),
        };

    /// <summary>The beginning of the unit that holds the time stamp.</summary>
    public static long Truncate(ReadOnlySpan<byte> field, long nanos)
    {
        var days = CivilDate.DaysOfTimestamp(nanos);
        var date = CivilDate.FromDays(days);
        switch (Name(field))
        {
            case "nanosecond":
                return nanos;
            case "microsecond":
                return FloorTo(nanos, 1_000);
            case "millisecond":
                return FloorTo(nanos, 1_000_000);
            case "second":
                return FloorTo(nanos, NanosPerSecond);
            case "minute":
                return FloorTo(nanos, NanosPerMinute);
            case "hour":
                return FloorTo(nanos, NanosPerHour);
            case "day":
                return ToNanos(days);
            case "week":
                return ToNanos(days - IsoWeekday(days) + 1);
            case "month":
                return ToNanos(new CivilDate(date.Year, date.Month, 1).ToDays());
            case "quarter":
                return ToNanos(new CivilDate(date.Year, (((date.Month - 1) / 3) * 3) + 1, 1).ToDays());
            case "year":
                return ToNanos(new CivilDate(date.Year, 1, 1).ToDays());
            case "decade":
                return ToNanos(new CivilDate((int)FloorDivide(date.Year, 10) * 10, 1, 1).ToDays());
            case "century":
                return ToNanos(new CivilDate(((int)FloorDivide(date.Year - 1, 100) * 100) + 1, 1, 1).ToDays());
            case "millennium":
                return ToNanos(new CivilDate(((int)FloorDivide(date.Year - 1, 1000) * 1000) + 1, 1, 1).ToDays());
            default:
                return (long)Unknown(field);
        }
    }

    /// <summary>Nanoseconds of midnight of a day, or an error where TIMESTAMP does not hold it.</summary>
    public static long ToNanos(long days)
    {
        var nanos = (Int128)days * Interval.NanosPerDay;
        return nanos == (long)nanos
            ? (long)nanos
            : Throw.Error<long>(
                ErrorCode.NumericOverflow,
                $"Day {days} since 1970 does not fit TIMESTAMP: {TimestampText.Range}"
            );
    }

    private static long FloorTo(long nanos, long unit)
    {
        var floor = (Int128)FloorDivide(nanos, unit) * unit;
        return floor == (long)floor ? (long)floor : ToNanos(CivilDate.DaysOfTimestamp(nanos));
    }

    // 1 is Monday; 1970-01-01 was a Thursday.
    private static int IsoWeekday(int days) => (int)(((((long)days + 3) % 7) + 7) % 7) + 1;

    // Day of the Monday with which the ISO year of a day begins: the week that holds 4 January.
    private static long IsoYearStart(int days, out int isoYear)
    {
        // The Thursday of the week lies in its ISO year.
        var thursday = days - IsoWeekday(days) + 4;
        isoYear = CivilDate.FromDays(thursday).Year;
        var fourth = (int)new CivilDate(isoYear, 1, 4).ToDays();
        return fourth - IsoWeekday(fourth) + 1;
    }

    private static double Unknown(ReadOnlySpan<byte> field) =>
        Throw.Error<double>(ErrorCode.InvalidArgument, $"{ValueText.Quote(field)} is no field of a time: {Fields}");

    // The canonical name, or an empty one; a constant string, so that no row allocates.
    private static string Name(ReadOnlySpan<byte> field)
    {
        foreach (var (alias, name) in Aliases)
        {
            if (alias.Length == field.Length && Ascii.EqualsIgnoreCase(field, alias))
            {
                return name;
            }
        }

        return string.Empty;
    }

    private static readonly (string Alias, string Name)[] Aliases =
    [
        .. new[]
        {
            "nanosecond",
            "microsecond",
            "millisecond",
            "second",
            "minute",
            "hour",
            "day",
            "week",
            "month",
            "quarter",
            "year",
            "decade",
        }.SelectMany(n => new[] { (n, n), (n + "s", n) }),
        ("century", "century"),
        ("centuries", "century"),
        ("millennium", "millennium"),
        ("millennia", "millennium"),
        ("epoch", "epoch"),
        ("dow", "dow"),
        ("isodow", "isodow"),
        ("doy", "doy"),
        ("isoyear", "isoyear"),
        ("ns", "nanosecond"),
        ("us", "microsecond"),
        ("ms", "millisecond"),
        ("s", "second"),
        ("h", "hour"),
    ];
}
