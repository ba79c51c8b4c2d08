using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Offsets from UTC of the zones that markets live in, by rules and not by the machine's database, so that every machine
/// gives the same answer: <c>UTC</c>, fixed offsets such as <c>+08:00</c>, <c>Asia/Shanghai</c> (+8 all year, since
/// 1992), <c>America/New_York</c> (rules of 1987 and 2007) and <c>Europe/London</c> (rule of 1996). Earlier years take the
/// oldest of these rules.
/// </summary>
internal static class TimeZoneRules
{
    private const long NanosPerMinute = 60_000_000_000;
    private const int MinutesPerDay = 24 * 60;

    /// <summary>Nanoseconds to add to UTC for the wall clock of the zone at that instant.</summary>
    public static long OffsetNanos(ReadOnlySpan<byte> zone, long utcNanos)
    {
        if (TryParseFixed(zone, out var minutes))
        {
            return minutes * NanosPerMinute;
        }

        if (
            Ascii.EqualsIgnoreCase(zone, "UTC"u8)
            || Ascii.EqualsIgnoreCase(zone, "Z"u8)
            || Ascii.EqualsIgnoreCase(zone, "GMT"u8)
        )
        {
            return 0;
        }

        if (Ascii.EqualsIgnoreCase(zone, "Asia/Shanghai"u8))
        {
            return 8 * 60 * NanosPerMinute;
        }

        if (Ascii.EqualsIgnoreCase(zone, "America/New_York"u8))
        {
            return (IsSummerInNewYork(utcNanos) ? -4 : -5) * 60 * NanosPerMinute;
        }

        if (Ascii.EqualsIgnoreCase(zone, "Europe/London"u8))
        {
            return IsSummerInLondon(utcNanos) ? 60 * NanosPerMinute : 0;
        }

        return Throw.Error<long>(
            ErrorCode.InvalidArgument,
            $"Time zone {ValueText.Quote(zone)} is not known: UTC, an offset such as +08:00, "
                + "Asia/Shanghai, America/New_York or Europe/London"
        );
    }

    // Since 2007 from the second Sunday of March to the first of November, from 1987 to 2006 from the first Sunday of April
    // to the last of October; at 2:00 by the clock then in force, which is 7:00 and 6:00 UTC.
    private static bool IsSummerInNewYork(long utcNanos)
    {
        var (year, minuteOfEpoch) = YearAndMinute(utcNanos);
        var begin = year >= 2007 ? SundayFrom(year, 3, 8) : SundayFrom(year, 4, 1);
        var end = year >= 2007 ? SundayFrom(year, 11, 1) : SundayFrom(year, 10, 25);
        return minuteOfEpoch >= (begin * MinutesPerDay) + (7 * 60) && minuteOfEpoch < (end * MinutesPerDay) + (6 * 60);
    }

    // From the last Sunday of March to the last of October, at 1:00 UTC.
    private static bool IsSummerInLondon(long utcNanos)
    {
        var (year, minuteOfEpoch) = YearAndMinute(utcNanos);
        return minuteOfEpoch >= (SundayFrom(year, 3, 25) * MinutesPerDay) + 60
            && minuteOfEpoch < (SundayFrom(year, 10, 25) * MinutesPerDay) + 60;
    }

    private static (int Year, long MinuteOfEpoch) YearAndMinute(long utcNanos)
    {
        var days = CivilDate.DaysOfTimestamp(utcNanos);
        return (CivilDate.FromDays(days).Year, TimeFields.FloorDivide(utcNanos, NanosPerMinute));
    }

    // The first Sunday on or after a day, as days since 1970-01-01, which was a Thursday.
    private static long SundayFrom(int year, int month, int day)
    {
        var days = new CivilDate(year, month, day).ToDays();
        var weekday = (int)(((days + 4) % 7) + 7) % 7;
        return days + ((7 - weekday) % 7);
    }

    // +08:00, -0530, +8 or +08.
    private static bool TryParseFixed(ReadOnlySpan<byte> zone, out int minutes)
    {
        minutes = 0;
        if (zone.Length < 2 || (zone[0] != '+' && zone[0] != '-'))
        {
            return false;
        }

        Span<int> digits = stackalloc int[4];
        var count = 0;
        for (var i = 1; i < zone.Length; i++)
        {
            if (zone[i] == ':' && i is 2 or 3)
            {
                continue;
            }

            if ((uint)(zone[i] - '0') > 9 || count == 4)
            {
                return false;
            }

            digits[count++] = zone[i] - '0';
        }

        var (hours, rest) = count switch
        {
            1 => (digits[0], 0),
            2 => ((digits[0] * 10) + digits[1], 0),
            3 => (digits[0], (digits[1] * 10) + digits[2]),
            _ => ((digits[0] * 10) + digits[1], (digits[2] * 10) + digits[3]),
        };
        minutes = ((hours * 60) + rest) * (zone[0] == '-' ? -1 : 1);
        return count > 0 && hours <= 18 && rest < 60;
    }
}
