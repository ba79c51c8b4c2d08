namespace TickStore.Core;

/// <summary>
/// DATE as text. In: <c>2023-02-01</c>, <c>2023/02/01</c>, <c>2023.02.01</c> or <c>20230201</c>. Out: the first. Years
/// outside 0 to 9999 carry a sign, in and out: <c>+12345-01-01</c>, <c>-0043-03-15</c>.
/// </summary>
public static class DateText
{
    /// <summary>The longest text that <see cref="Format"/> writes, in bytes.</summary>
    public const int LengthMax = 16;

    /// <summary>The days that fit, for messages.</summary>
    public const string Range = "-5877641-06-23 to +5881580-07-11";

    /// <summary>Reads days since 1970-01-01. No allocation.</summary>
    public static TextStatus TryParse(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        var scanner = new TextScanner(text);
        if (
            text.Length == 8
            && scanner.TryTakeFixed(4, out var year)
            && scanner.TryTakeFixed(2, out var month)
            && scanner.TryTakeFixed(2, out var day)
        )
        {
            var basic = new CivilDate(year, month, day);
            days = basic.IsValid ? (int)basic.ToDays() : 0;
            return basic.IsValid ? TextStatus.Ok : TextStatus.Malformed;
        }

        scanner = new TextScanner(text);
        if (!scanner.TryTakeDate(out var date) || !scanner.AtEnd)
        {
            return TextStatus.Malformed;
        }

        var wide = date.ToDays();
        days = (int)wide;
        return days == wide ? TextStatus.Ok : TextStatus.Overflow;
    }

    /// <summary>Writes a date, and returns how many of at most <see cref="LengthMax"/> bytes it took.</summary>
    public static int Format(int days, Span<byte> destination)
    {
        var date = CivilDate.FromDays(days);
        var length = 0;
        if (date.Year is < 0 or > 9999)
        {
            destination[length++] = date.Year < 0 ? (byte)'-' : (byte)'+';
        }

        length += NumberText.FormatPadded(Math.Abs(date.Year), 4, destination[length..]);
        destination[length++] = (byte)'-';
        length += NumberText.FormatPadded(date.Month, 2, destination[length..]);
        destination[length++] = (byte)'-';
        return length + NumberText.FormatPadded(date.Day, 2, destination[length..]);
    }
}
