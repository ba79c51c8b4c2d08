using System.Globalization;
using TickStore.Core;

namespace TickStore.Sql.Syntax;

/// <summary>
/// Interval text to value: '1 minute', '1 day -2 hours', '1.5 s', '01:02:03.5', and short forms '1m', '1h30m'. Words may be
/// singular, plural or short. Months, days and nanoseconds are kept apart; a fraction of a month or year is refused, a
/// fraction of a day or week counts as hours.
/// </summary>
internal static class IntervalText
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Fractions are kept as whole billionths.</summary>
    private const long AmountScale = 1_000_000_000;

    /// <summary>
    /// Reads <paramref name="text"/>; where it returns false, <paramref name="problem"/> says what is wrong and what is
    /// allowed.
    /// </summary>
    public static bool TryRead(string text, out Interval value, out string problem)
    {
        value = default;
        Int128 months = 0, days = 0, nanos = 0;
        var fields = 0;
        var i = 0;
        while (true)
        {
            SkipSpaces(text, ref i);
            if (i == text.Length) break;
            var start = i;
            if (text[i] is '+' or '-') i++;
            while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] is '.' or ':')) i++;
            var number = text.AsSpan(start, i - start);
            if (number.Contains(':'))
            {
                if (!TryReadClock(number, out var clockNanos)) return Refuse(text, out problem);
                nanos += clockNanos;
                fields++;
                continue;
            }

            if (!TryReadNumber(number, out var amount)) return Refuse(text, out problem);
            SkipSpaces(text, ref i);
            var wordStart = i;
            while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
            var word = text[wordStart..i];
            if (word == "M")
            {
                problem = $"'{Tokens.Clip(text)}' is ambiguous: write 1m for minutes and 1mo for months";
                return false;
            }

            var (unitMonths, unitDays, unitNanos) = Unit(word.ToLowerInvariant());
            if (unitMonths + unitDays + unitNanos == 0) return Refuse(text, out problem);
            fields++;
            if (amount.IsWhole)
            {
                months += unitMonths * amount.Whole;
                days += unitDays * amount.Whole;
                nanos += unitNanos * amount.Whole;
                continue;
            }

            var wide = ((unitDays * (Int128)Interval.NanosPerDay) + unitNanos) * amount.Scaled;
            if (unitMonths != 0 || wide % AmountScale != 0)
            {
                problem = $"'{Tokens.Clip(text)}' is not a whole number of nanoseconds, days or months";
                return false;
            }

            nanos += wide / AmountScale;
        }

        if (fields == 0) return Refuse(text, out problem);
        if (Int128.Abs(months) > int.MaxValue || Int128.Abs(days) > int.MaxValue || Int128.Abs(nanos) > long.MaxValue)
        {
            problem = $"the interval '{Tokens.Clip(text)}' is out of range (about 292 years in nanoseconds)";
            return false;
        }

        value = new Interval((int)months, (int)days, (long)nanos);
        problem = "";
        return true;
    }

    private readonly record struct Amount(long Whole, Int128 Scaled, bool IsWhole);

    private static bool TryReadNumber(ReadOnlySpan<char> text, out Amount amount)
    {
        amount = default;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var value) || Math.Abs(value) > long.MaxValue / 2)
        {
            return false;
        }

        var scaled = value * AmountScale;
        var isWhole = value == decimal.Truncate(value);
        // A billion days is past the range of an interval, and keeps the products below within 128 bits.
        if (scaled != decimal.Truncate(scaled) || (!isWhole && Math.Abs(value) > AmountScale)) return false;
        amount = new Amount((long)value, (Int128)scaled, isWhole);
        return true;
    }

    private static bool TryReadClock(ReadOnlySpan<char> text, out Int128 nanos)
    {
        nanos = 0;
        var negative = text[0] == '-';
        if (text[0] is '+' or '-') text = text[1..];
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, ':');
        if (count is < 2 or > 3) return false;
        if (!int.TryParse(text[parts[0]], NumberStyles.None, null, out var hours)) return false;
        if (!int.TryParse(text[parts[1]], NumberStyles.None, null, out var minutes) || minutes > 59) return false;
        Amount seconds = default;
        if (count == 3 && (!TryReadNumber(text[parts[2]], out seconds) || seconds.Whole > 59)) return false;
        nanos = ((((hours * (Int128)60) + minutes) * 60) * NanosPerSecond) + (seconds.Scaled * NanosPerSecond / AmountScale);
        if (negative) nanos = -nanos;
        return true;
    }

    private static (Int128 Months, Int128 Days, Int128 Nanos) Unit(string word) => word switch
    {
        "ns" or "nanosecond" or "nanoseconds" => (0, 0, 1),
        "us" or "microsecond" or "microseconds" => (0, 0, 1_000),
        "ms" or "millisecond" or "milliseconds" => (0, 0, 1_000_000),
        "s" or "sec" or "secs" or "second" or "seconds" => (0, 0, NanosPerSecond),
        "m" or "min" or "mins" or "minute" or "minutes" => (0, 0, 60 * NanosPerSecond),
        "h" or "hour" or "hours" => (0, 0, 3600 * NanosPerSecond),
        "d" or "day" or "days" => (0, 1, 0),
        "w" or "week" or "weeks" => (0, 7, 0),
        "mo" or "mon" or "mons" or "month" or "months" => (1, 0, 0),
        "y" or "year" or "years" => (12, 0, 0),
        _ => (0, 0, 0),
    };

    private static void SkipSpaces(string text, ref int index)
    {
        while (index < text.Length && text[index] == ' ') index++;
    }

    private static bool Refuse(string text, out string problem)
    {
        problem = $"'{Tokens.Clip(text)}' does not read as an interval; write '1 minute', '2 days 03:00:00' or 1m "
            + "(units: ns us ms s m h d w mo y, or their names)";
        return false;
    }
}
