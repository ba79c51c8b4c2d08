using System.Text;

namespace TickStore.Core;

/// <summary>
/// INTERVAL as text. In: terms of a number and a unit, and at most one time of day, with or without blanks:
/// <c>1 minute</c>, <c>500us</c>, <c>1mo</c>, <c>1 day 02:00:00</c>, <c>1.5h</c>. A sign belongs to its own term, as in
/// PostgreSQL: <c>-1 day 2 hours</c> is a day back and two hours forth. Fractions are for hours and smaller units.
/// Out: <c>1 year 2 months 3 days 04:05:06.123456789</c>, and <c>00:00:00</c> for nothing.
/// </summary>
public static class IntervalText
{
    /// <summary>The longest text that <see cref="Format"/> writes, in bytes.</summary>
    public const int LengthMax = 96;

    // Months and days of a unit, or its nanoseconds. Short names are lower case only: a capital M would be ambiguous.
    private static readonly (string Name, int Months, int Days, long Nanos)[] Units =
    [
        ("y", 12, 0, 0),
        ("year", 12, 0, 0),
        ("years", 12, 0, 0),
        ("mo", 1, 0, 0),
        ("mon", 1, 0, 0),
        ("mons", 1, 0, 0),
        ("month", 1, 0, 0),
        ("months", 1, 0, 0),
        ("w", 0, 7, 0),
        ("week", 0, 7, 0),
        ("weeks", 0, 7, 0),
        ("d", 0, 1, 0),
        ("day", 0, 1, 0),
        ("days", 0, 1, 0),
        ("h", 0, 0, NanosPerHour),
        ("hr", 0, 0, NanosPerHour),
        ("hour", 0, 0, NanosPerHour),
        ("hours", 0, 0, NanosPerHour),
        ("m", 0, 0, NanosPerMinute),
        ("min", 0, 0, NanosPerMinute),
        ("mins", 0, 0, NanosPerMinute),
        ("minute", 0, 0, NanosPerMinute),
        ("minutes", 0, 0, NanosPerMinute),
        ("s", 0, 0, NanosPerSecond),
        ("sec", 0, 0, NanosPerSecond),
        ("secs", 0, 0, NanosPerSecond),
        ("second", 0, 0, NanosPerSecond),
        ("seconds", 0, 0, NanosPerSecond),
        ("ms", 0, 0, 1_000_000),
        ("millisecond", 0, 0, 1_000_000),
        ("milliseconds", 0, 0, 1_000_000),
        ("us", 0, 0, 1_000),
        ("microsecond", 0, 0, 1_000),
        ("microseconds", 0, 0, 1_000),
        ("ns", 0, 0, 1),
        ("nanosecond", 0, 0, 1),
        ("nanoseconds", 0, 0, 1),
    ];

    private const long NanosPerSecond = 1_000_000_000;
    private const long NanosPerMinute = 60 * NanosPerSecond;
    private const long NanosPerHour = 60 * NanosPerMinute;

    /// <summary>Reads an interval. No allocation.</summary>
    public static TextStatus TryParse(ReadOnlySpan<byte> text, out Interval interval)
    {
        interval = default;
        var scanner = new TextScanner(text);
        Int128 months = 0;
        Int128 days = 0;
        Int128 nanos = 0;
        var termCount = 0;
        var hadClock = false;
        while (true)
        {
            SkipBlanks(ref scanner);
            if (scanner.AtEnd)
            {
                break;
            }

            var negative = scanner.TryTake((byte)'-');
            if (!negative)
            {
                scanner.TryTake((byte)'+');
            }

            if (!scanner.TryTakeDigits(out var number, out _, out var saturated))
            {
                return TextStatus.Malformed;
            }

            Int128 sign = negative ? -1 : 1;
            if (scanner.Current == ':')
            {
                if (hadClock || !TryTakeClock(ref scanner, number, out var clockNanos))
                {
                    return TextStatus.Malformed;
                }

                hadClock = true;
                nanos += sign * clockNanos;
            }
            else
            {
                var hasFraction = scanner.Current == '.';
                if (
                    !scanner.TryTakeFraction(out var billionths)
                    || !TryTakeUnit(ref scanner, out var unit)
                    || (hasFraction && unit.Nanos == 0)
                )
                {
                    return TextStatus.Malformed;
                }

                months += sign * number * unit.Months;
                days += sign * number * unit.Days;
                nanos += sign * (((Int128)number * unit.Nanos) + RoundedBillionths((Int128)billionths * unit.Nanos));
            }

            if (saturated)
            {
                return TextStatus.Overflow;
            }

            termCount++;
        }

        interval = new Interval((int)months, (int)days, (long)nanos);
        return termCount == 0 ? TextStatus.Malformed
            : interval.Months == months && interval.Days == days && interval.Nanos == nanos ? TextStatus.Ok
            : TextStatus.Overflow;
    }

    /// <summary>Writes an interval, and returns how many of at most <see cref="LengthMax"/> bytes it took.</summary>
    public static int Format(Interval interval, Span<byte> destination)
    {
        var length = 0;
        AppendTerm(interval.Months / 12, "year"u8, destination, ref length);
        AppendTerm(interval.Months % 12, "month"u8, destination, ref length);
        AppendTerm(interval.Days, "day"u8, destination, ref length);
        if (interval.Nanos == 0 && length > 0)
        {
            return length;
        }

        if (length > 0)
        {
            destination[length++] = (byte)' ';
        }

        if (interval.Nanos < 0)
        {
            destination[length++] = (byte)'-';
        }

        // The one value that has no positive twin.
        return interval.Nanos == long.MinValue
            ? length + Copy("2562047:47:16.854775808"u8, destination[length..])
            : length + TimestampText.FormatTimeOfDay(Math.Abs(interval.Nanos), destination[length..]);
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    private static void AppendTerm(int count, ReadOnlySpan<byte> unit, Span<byte> destination, ref int length)
    {
        if (count == 0)
        {
            return;
        }

        if (length > 0)
        {
            destination[length++] = (byte)' ';
        }

        length += NumberText.FormatInteger(count, destination[length..]);
        destination[length++] = (byte)' ';
        length += Copy(unit, destination[length..]);
        if (Math.Abs((long)count) != 1)
        {
            destination[length++] = (byte)'s';
        }
    }

    private static Int128 RoundedBillionths(Int128 value) => (value + 500_000_000) / 1_000_000_000;

    private static void SkipBlanks(ref TextScanner scanner)
    {
        while (scanner.TryTake((byte)' ')) { }
    }

    // The hours were read already; they may be any number.
    private static bool TryTakeClock(ref TextScanner scanner, long hours, out Int128 nanos)
    {
        nanos = 0;
        if (!scanner.TryTake((byte)':') || !scanner.TryTakeFixed(2, out var minutes) || minutes > 59)
        {
            return false;
        }

        var seconds = 0;
        var fraction = 0;
        if (
            scanner.TryTake((byte)':')
            && (!scanner.TryTakeFixed(2, out seconds) || seconds > 59 || !scanner.TryTakeFraction(out fraction))
        )
        {
            return false;
        }

        nanos = ((Int128)hours * NanosPerHour) + (minutes * NanosPerMinute) + (seconds * NanosPerSecond) + fraction;
        return scanner.AtEnd || scanner.Current == ' ';
    }

    private static bool TryTakeUnit(ref TextScanner scanner, out (string Name, int Months, int Days, long Nanos) unit)
    {
        SkipBlanks(ref scanner);
        var rest = scanner.Rest;
        var length = 0;
        while (length < rest.Length && (uint)((rest[length] | 0x20) - 'a') < 26)
        {
            length++;
        }

        foreach (var candidate in Units)
        {
            var matches =
                candidate.Name.Length <= 2
                    ? Ascii.Equals(rest[..length], candidate.Name)
                    : Ascii.EqualsIgnoreCase(rest[..length], candidate.Name);
            if (matches)
            {
                unit = candidate;
                scanner.Advance(length);
                return true;
            }
        }

        unit = default;
        return false;
    }
}
