using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// A clock on a wall, to UTC: a fixed offset, or New York with its summer time by the law of the United States (from
/// 2007: second Sunday of March to first of November; 1987 to 2006: first Sunday of April to last of October; before:
/// last Sunday of April). Own arithmetic, so that the answer does not depend on the machine's time zone files.
/// </summary>
internal readonly record struct LocalClock(int OffsetMinutes, bool IsNewYork = false)
{
    private const long NanosPerHour = 3_600_000_000_000;

    public static LocalClock Utc => new(0);

    public static LocalClock China => new(8 * 60);

    public static LocalClock NewYork => new(-5 * 60, IsNewYork: true);

    /// <summary>
    /// Local nanoseconds to UTC. The hour that occurs twice in autumn is taken as its first (summer) pass; the hour
    /// that is left out in spring is read by winter time.
    /// </summary>
    public TextStatus ToUtc(long localNanos, out long utcNanos)
    {
        var offset = OffsetMinutes * (NanosPerHour / 60);
        offset += IsNewYork && IsSummer(localNanos) ? NanosPerHour : 0;
        var wide = (Int128)localNanos - offset;
        utcNanos = (long)wide;
        return utcNanos == wide ? TextStatus.Ok : TextStatus.Overflow;
    }

    private static bool IsSummer(long localNanos)
    {
        var days = CivilDate.DaysOfTimestamp(localNanos);
        var date = CivilDate.FromDays(days);
        if (date.Month is < 3 or > 11)
        {
            return false;
        }

        if (date.Month is > 4 and < 10)
        {
            return true;
        }

        var begins =
            date.Year >= 2007 ? SundayFrom(new(date.Year, 3, 8))
            : date.Year >= 1987 ? SundayFrom(new(date.Year, 4, 1))
            : SundayFrom(new(date.Year, 4, 24));
        var ends = date.Year >= 2007 ? SundayFrom(new(date.Year, 11, 1)) : SundayFrom(new(date.Year, 10, 25));
        var twoHours = 2 * NanosPerHour;

        // Spring forward at 02:00 winter time, to 03:00; back at 02:00 summer time, to 01:00.
        return localNanos >= (begins * Interval.NanosPerDay) + twoHours + NanosPerHour
            && localNanos < (ends * Interval.NanosPerDay) + twoHours;
    }

    // The first Sunday on or after a date; 1970-01-04 was a Sunday.
    private static long SundayFrom(CivilDate date)
    {
        var days = date.ToDays();
        return days + ((3 - (days % 7) + 7) % 7);
    }
}

/// <summary><c>HH:MM:SS</c> with an optional fraction, or digits <c>HMMSSmmm</c> as SSE and SZSE write them.</summary>
internal static class TimeOfDay
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanosOfDay)
    {
        nanosOfDay = 0;
        if (text.Length >= 5 && text[2] == ':')
        {
            return TimestampText.TryParse(Prefixed(text, stackalloc byte[64]), out nanosOfDay) == TextStatus.Ok;
        }

        if (NumberText.TryParseInteger(text, 0, 235_959_999, out var packed) != TextStatus.Ok)
        {
            return false;
        }

        return TryUnpack(packed, out nanosOfDay);
    }

    /// <summary>HHMMSSmmm as one number, to nanoseconds since midnight.</summary>
    public static bool TryUnpack(long packed, out long nanosOfDay)
    {
        var millis = packed % 1000;
        var second = packed / 1000 % 100;
        var minute = packed / 100_000 % 100;
        var hour = packed / 10_000_000;
        nanosOfDay = ((((((hour * 60) + minute) * 60) + second) * 1000) + millis) * 1_000_000;
        return packed >= 0 && hour < 24 && minute < 60 && second < 60;
    }

    private static ReadOnlySpan<byte> Prefixed(ReadOnlySpan<byte> text, Span<byte> space)
    {
        if (text.Length > 18)
        {
            return default;
        }

        "1970-01-01T"u8.CopyTo(space);
        text.CopyTo(space[11..]);
        return space[..(11 + text.Length)];
    }
}
