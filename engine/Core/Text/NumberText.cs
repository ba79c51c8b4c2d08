using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TickStore.Core;

/// <summary>Integers, REAL, DOUBLE and BOOLEAN as text.</summary>
public static class NumberText
{
    /// <summary>The longest text that the formatters of this class write, in bytes.</summary>
    public const int LengthMax = 32;

    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("+-.0123456789eE"u8);

    private static ReadOnlySpan<double> PowersOfTen =>
        [
            1e0,
            1e1,
            1e2,
            1e3,
            1e4,
            1e5,
            1e6,
            1e7,
            1e8,
            1e9,
            1e10,
            1e11,
            1e12,
            1e13,
            1e14,
            1e15,
            1e16,
            1e17,
            1e18,
            1e19,
            1e20,
            1e21,
            1e22,
        ];

    /// <summary>Reads an integer of an optional sign and digits that lies between the bounds. No allocation.</summary>
    public static TextStatus TryParseInteger(ReadOnlySpan<byte> text, long minimum, long maximum, out long value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var start = negative || (text.Length > 0 && text[0] == '+') ? 1 : 0;
        if (start == text.Length)
        {
            return TextStatus.Malformed;
        }

        ulong magnitude = 0;
        var tooBig = false;
        for (var i = start; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit > 9)
            {
                return TextStatus.Malformed;
            }

            tooBig |= magnitude > (ulong.MaxValue - digit) / 10;
            magnitude = (magnitude * 10) + digit;
        }

        if (tooBig || magnitude > (ulong)long.MaxValue + (negative ? 1UL : 0))
        {
            return TextStatus.Overflow;
        }

        value = negative ? (long)(0 - magnitude) : (long)magnitude;
        return value < minimum || value > maximum ? TextStatus.Overflow : TextStatus.Ok;
    }

    /// <summary>
    /// Reads a DOUBLE, correctly rounded: decimal or scientific notation, <c>NaN</c>, <c>Infinity</c>, <c>inf</c> with
    /// an optional sign. A finite text beyond the range is an overflow; one too small to hold is 0. No allocation.
    /// </summary>
    public static TextStatus TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (TryParseShortDouble(text, out value))
        {
            return TextStatus.Ok;
        }

        if (TryParseSpecial(text, out value))
        {
            return TextStatus.Ok;
        }

        if (!LooksNumeric(text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return TextStatus.Malformed;
        }

        return double.IsInfinity(value) ? TextStatus.Overflow : TextStatus.Ok;
    }

    /// <summary>As <see cref="TryParseDouble"/>, for REAL; rounded once, from the text.</summary>
    public static TextStatus TryParseReal(ReadOnlySpan<byte> text, out float value)
    {
        if (TryParseSpecial(text, out var special))
        {
            value = (float)special;
            return TextStatus.Ok;
        }

        value = 0;
        if (!LooksNumeric(text) || !float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return TextStatus.Malformed;
        }

        return float.IsInfinity(value) ? TextStatus.Overflow : TextStatus.Ok;
    }

    /// <summary>
    /// Reads <c>true</c>/<c>false</c>, <c>t</c>/<c>f</c> or <c>1</c>/<c>0</c>, in any case of letters.
    /// </summary>
    public static TextStatus TryParseBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.Length is 1 or 4 && (text[0] | 0x20) is 't' or '1';
        return text.Length switch
        {
            1 when text[0] is (byte)'1' or (byte)'0' || (text[0] | 0x20) is 't' or 'f' => TextStatus.Ok,
            4 when Ascii.EqualsIgnoreCase(text, "true"u8) => TextStatus.Ok,
            5 when Ascii.EqualsIgnoreCase(text, "false"u8) => TextStatus.Ok,
            _ => TextStatus.Malformed,
        };
    }

    /// <summary>Writes an integer, and returns the bytes used.</summary>
    public static int FormatInteger(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out var length);
        return length;
    }

    /// <summary>
    /// Writes a DOUBLE in the shortest form that reads back as the same bits (but the payload of a NaN).
    /// </summary>
    public static int FormatDouble(double value, Span<byte> destination)
    {
        value.TryFormat(destination, out var length, "R", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>
    /// Writes a REAL in the shortest form that reads back as the same bits (but the payload of a NaN).
    /// </summary>
    public static int FormatReal(float value, Span<byte> destination)
    {
        value.TryFormat(destination, out var length, "R", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>Writes <c>true</c> or <c>false</c>, and returns the bytes used.</summary>
    public static int FormatBoolean(bool value, Span<byte> destination)
    {
        var text = value ? "true"u8 : "false"u8;
        text.CopyTo(destination);
        return text.Length;
    }

    // A number that is not negative, with zeros in front up to the width; longer where it needs to be.
    internal static int FormatPadded(long value, int width, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[20];
        var at = digits.Length;
        var rest = (ulong)value;
        do
        {
            digits[--at] = (byte)('0' + (rest % 10));
            rest /= 10;
        } while (rest != 0);
        while (digits.Length - at < width)
        {
            digits[--at] = (byte)'0';
        }

        digits[at..].CopyTo(destination);
        return digits.Length - at;
    }

    // Digits with at most one point, whose number fits 53 bits, and at most 22 places: then one division of two exact
    // doubles rounds correctly (W. Clinger, "How to read floating point numbers accurately", 1990).
    private static bool TryParseShortDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var start = negative ? 1 : 0;
        if (text.Length - start is < 1 or > 17)
        {
            return false;
        }

        long digits = 0;
        var pointAt = -1;
        for (var i = start; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
            }
            else if (text[i] == '.' && pointAt < 0)
            {
                pointAt = i;
            }
            else
            {
                return false;
            }
        }

        var digitCount = text.Length - start - (pointAt < 0 ? 0 : 1);
        if (digitCount == 0 || digits > 1L << 53)
        {
            return false;
        }

        value = pointAt < 0 ? digits : digits / PowersOfTen[text.Length - pointAt - 1];
        value = negative ? -value : value;
        return true;
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        var negative = text.Length > 0 && text[0] == '-';
        var bare = negative || (text.Length > 0 && text[0] == '+') ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(bare, "nan"u8))
        {
            return true;
        }

        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(bare, "infinity"u8) || Ascii.EqualsIgnoreCase(bare, "inf"u8);
    }

    // The platform's parser also takes blanks around the number; a field with blanks is malformed here.
    private static bool LooksNumeric(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text.IndexOfAnyExcept(NumberCharacters) < 0;
}
