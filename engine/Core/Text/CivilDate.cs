using System.Runtime.CompilerServices;

namespace TickStore.Core;

/// <summary>
/// A day of the proleptic Gregorian calendar. Converts from and to days since 1970-01-01 for every 32-bit day number,
/// which the platform's own date type (years 1 to 9999) does not hold.
/// </summary>
/// <remarks>
/// The arithmetic counts days in eras of 400 years that begin on 1 March, so that the leap day is the last of its
/// year (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
/// </remarks>
/// <param name="Year">Astronomical year: 0 is 1 BC.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 31.</param>
public readonly record struct CivilDate(int Year, int Month, int Day)
{
    private const int DaysPerEra = 146_097;
    private const int EpochShiftDays = 719_468;

    /// <summary>True where the month has that day.</summary>
    public bool IsValid => Month is >= 1 and <= 12 && Day >= 1 && Day <= DaysInMonth(Year, Month);

    /// <summary>The date that is <paramref name="days"/> after 1970-01-01.</summary>
    public static CivilDate FromDays(int days)
    {
        var shifted = (long)days + EpochShiftDays;
        var era = FloorDivide(shifted, DaysPerEra);
        var dayOfEra = (int)(shifted - (era * DaysPerEra));
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        var month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return new((int)(yearOfEra + (era * 400)) + (month <= 2 ? 1 : 0), month, day);
    }

    /// <summary>Days since 1970-01-01; 64 bits, for every 32-bit year. The date must be valid.</summary>
    public long ToDays()
    {
        var year = Month <= 2 ? (long)Year - 1 : Year;
        var era = FloorDivide(year, 400);
        var yearOfEra = (int)(year - (era * 400));
        var dayOfYear = (((153 * (Month > 2 ? Month - 3 : Month + 9)) + 2) / 5) + Day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - EpochShiftDays;
    }

    /// <summary>True for a leap year.</summary>
    public static bool IsLeapYear(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    /// <summary>Days of a month (1 to 12).</summary>
    public static int DaysInMonth(int year, int month) =>
        month switch
        {
            2 => IsLeapYear(year) ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };

    /// <summary>
    /// Adds calendar months; a day that the target month lacks becomes its last day (31 January + 1 month is 28 or 29
    /// February), as in PostgreSQL.
    /// </summary>
    /// <returns>False where the result is no 32-bit day.</returns>
    public static bool TryAddMonths(int days, int months, out int result)
    {
        var date = FromDays(days);
        var month = ((long)date.Year * 12) + (date.Month - 1) + months;
        var year = FloorDivide(month, 12);
        var monthOfYear = (int)(month - (year * 12)) + 1;
        var day = Math.Min(date.Day, DaysInMonth((int)year, monthOfYear));
        var wide = new CivilDate((int)year, monthOfYear, day).ToDays();
        result = (int)wide;
        return result == wide;
    }

    /// <summary>
    /// Adds an interval to a time stamp: first the months, keeping the time of day, then the days of 24 hours, then
    /// the nanoseconds.
    /// </summary>
    /// <returns>False where a step leaves the years that TIMESTAMP holds.</returns>
    public static bool TryAdd(long nanos, Interval interval, out long result)
    {
        if (interval.Months == 0 && interval.Days == 0)
        {
            result = unchecked(nanos + interval.Nanos);
            return ((nanos ^ result) & (interval.Nanos ^ result)) >= 0;
        }

        Int128 sum = nanos;
        if (interval.Months != 0)
        {
            var days = FloorDivide(nanos, Interval.NanosPerDay);
            var timeOfDay = nanos - (days * Interval.NanosPerDay);
            if (!TryAddMonths((int)days, interval.Months, out var moved))
            {
                result = 0;
                return false;
            }

            sum = ((Int128)moved * Interval.NanosPerDay) + timeOfDay;
        }

        sum += ((Int128)interval.Days * Interval.NanosPerDay) + interval.Nanos;
        result = (long)sum;
        return result == sum;
    }

    /// <summary>Days since 1970-01-01 of the UTC day in which a time stamp lies.</summary>
    public static int DaysOfTimestamp(long nanos) => (int)FloorDivide(nanos, Interval.NanosPerDay);

    /// <summary>The quotient rounded towards minus infinity, for a divisor above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long FloorDivide(long value, long divisor)
    {
        var quotient = value / divisor;
        return quotient - (value % divisor < 0 ? 1 : 0);
    }
}
