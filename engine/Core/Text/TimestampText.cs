namespace TickStore.Core;

/// <summary>
/// TIMESTAMP as text. In: <c>2023-02-01</c>, <c>2023-02-01T09:30</c>, <c>2023-02-01 09:30:00.123456789Z</c>, offsets
/// <c>+08</c>, <c>+0800</c>, <c>+08:00</c>, dates also as <c>2023.02.01</c> and <c>2023/02/01</c>, or an integer of
/// nanoseconds since 1970. No zone means UTC. Out: ISO 8601 with <c>Z</c> and 0, 3, 6 or 9 digits of fraction.
/// </summary>
public static class TimestampText
{
    /// <summary>The longest text that <see cref="Format"/> writes, in bytes.</summary>
    public const int LengthMax = 30;

    /// <summary>The years that fit, for messages.</summary>
    public const string Range = "1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z";

    private const long NanosPerMinute = 60_000_000_000;

    /// <summary>Reads nanoseconds since 1970-01-01T00:00:00Z. No allocation.</summary>
    public static TextStatus TryParse(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.Length > 4 && (uint)(text[4] - '0') > 9 && text[0] is not ((byte)'-' or (byte)'+'))
        {
            return TryParseCivil(text, out nanos);
        }

        var status = NumberText.TryParseInteger(text, long.MinValue, long.MaxValue, out nanos);
        return status == TextStatus.Malformed ? TryParseCivil(text, out nanos) : status;
    }

    /// <summary>Writes a time stamp, and returns how many of at most <see cref="LengthMax"/> bytes it took.</summary>
    public static int Format(long nanos, Span<byte> destination)
    {
        var days = CivilDate.FloorDivide(nanos, Interval.NanosPerDay);
        var length = DateText.Format((int)days, destination);
        destination[length++] = (byte)'T';
        length += FormatTimeOfDay(nanos - (days * Interval.NanosPerDay), destination[length..]);
        destination[length++] = (byte)'Z';
        return length;
    }

    // HH:MM:SS and a fraction of 0, 3, 6 or 9 digits; hours may pass 99.
    internal static int FormatTimeOfDay(long nanos, Span<byte> destination)
    {
        var seconds = nanos / 1_000_000_000;
        var fraction = (int)(nanos - (seconds * 1_000_000_000));
        var hours = seconds / 3600;
        var length = NumberText.FormatPadded(hours, 2, destination);
        destination[length++] = (byte)':';
        length += NumberText.FormatPadded(seconds / 60 % 60, 2, destination[length..]);
        destination[length++] = (byte)':';
        length += NumberText.FormatPadded(seconds % 60, 2, destination[length..]);
        if (fraction != 0)
        {
            destination[length++] = (byte)'.';
            length +=
                fraction % 1_000_000 == 0 ? NumberText.FormatPadded(fraction / 1_000_000, 3, destination[length..])
                : fraction % 1_000 == 0 ? NumberText.FormatPadded(fraction / 1_000, 6, destination[length..])
                : NumberText.FormatPadded(fraction, 9, destination[length..]);
        }

        return length;
    }

    private static TextStatus TryParseCivil(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        var scanner = new TextScanner(text);
        if (!scanner.TryTakeDate(out var date))
        {
            return TextStatus.Malformed;
        }

        long nanosOfDay = 0;
        long offsetMinutes = 0;
        if (!scanner.AtEnd)
        {
            if (
                !(scanner.TryTake((byte)'T') || scanner.TryTake((byte)' ') || scanner.TryTake((byte)'t'))
                || !scanner.TryTakeTimeOfDay(out nanosOfDay)
                || !TryTakeZone(ref scanner, out offsetMinutes)
                || !scanner.AtEnd
            )
            {
                return TextStatus.Malformed;
            }
        }

        var wide = ((Int128)date.ToDays() * Interval.NanosPerDay) + nanosOfDay - (offsetMinutes * NanosPerMinute);
        nanos = (long)wide;
        return nanos == wide ? TextStatus.Ok : TextStatus.Overflow;
    }

    private static bool TryTakeZone(ref TextScanner scanner, out long offsetMinutes)
    {
        offsetMinutes = 0;
        if (scanner.AtEnd || scanner.TryTake((byte)'Z') || scanner.TryTake((byte)'z'))
        {
            return true;
        }

        var sign =
            scanner.TryTake((byte)'+') ? 1
            : scanner.TryTake((byte)'-') ? -1
            : 0;
        if (sign == 0 || !scanner.TryTakeFixed(2, out var hours) || hours > 23)
        {
            return false;
        }

        var minutes = 0;
        var isMinuteNext = scanner.TryTake((byte)':') || !scanner.AtEnd;
        if (isMinuteNext && (!scanner.TryTakeFixed(2, out minutes) || minutes > 59))
        {
            return false;
        }

        offsetMinutes = sign * ((hours * 60L) + minutes);
        return true;
    }
}
