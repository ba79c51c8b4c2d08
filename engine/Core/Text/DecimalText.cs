using System.Buffers;

namespace TickStore.Core;

/// <summary>
/// DECIMAL as text, exactly: no detour through binary floating point. Digits beyond the scale round half away from
/// zero, so <c>1854.980000000000018</c> is 1854.98 at any scale up to 15.
/// </summary>
public static class DecimalText
{
    /// <summary>The longest text that <see cref="Format"/> writes, in bytes.</summary>
    public const int LengthMax = 24;

    private static readonly SearchValues<byte> DigitsAndPoint = SearchValues.Create("0123456789."u8);

    private static ReadOnlySpan<long> Powers =>
        [
            1,
            10,
            100,
            1_000,
            10_000,
            100_000,
            1_000_000,
            10_000_000,
            100_000_000,
            1_000_000_000,
            10_000_000_000,
            100_000_000_000,
            1_000_000_000_000,
            10_000_000_000_000,
            100_000_000_000_000,
            1_000_000_000_000_000,
            10_000_000_000_000_000,
            100_000_000_000_000_000,
            1_000_000_000_000_000_000,
        ];

    /// <summary>10 to the power of <paramref name="exponent"/>, 0 to 18.</summary>
    public static long PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>
    /// Reads units of 10^-scale: optional sign, digits, optional point and digits, optional exponent. NaN and
    /// infinities are malformed. More integer digits than the precision leaves is an overflow. No allocation.
    /// </summary>
    public static TextStatus TryParse(ReadOnlySpan<byte> text, int precision, int scale, out long units)
    {
        units = 0;
        var position = 0;
        var negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            position = 1;
        }

        // Significant digits up to 19 count in `digits`; `exponent` says which power of ten the last of them has.
        ulong digits = 0;
        var digitCount = 0;
        var exponent = 0;
        var afterPoint = false;
        var roundUp = false;
        var dropped = false;
        for (; position < text.Length; position++)
        {
            var character = text[position];
            var digit = (uint)(character - '0');
            if (digit <= 9)
            {
                digitCount++;
                var keep = !dropped && digits <= 99_999_999_999_999_999 && (!afterPoint || -exponent < scale);
                if (keep)
                {
                    digits = (digits * 10) + digit;
                    exponent -= afterPoint ? 1 : 0;
                }
                else
                {
                    roundUp |= !dropped && digit >= 5;
                    dropped = true;
                    exponent += afterPoint ? 0 : 1;
                }
            }
            else if (character == '.' && !afterPoint)
            {
                afterPoint = true;
            }
            else
            {
                break;
            }
        }

        if (digitCount == 0)
        {
            return TextStatus.Malformed;
        }

        if (position < text.Length)
        {
            return TryParseScientific(text, precision, scale, out units);
        }

        return Finish(digits, exponent, roundUp, dropped, negative, precision, scale, out units);
    }

    /// <summary>Writes units of 10^-scale with all digits of the scale, and returns the bytes used.</summary>
    public static int Format(long units, int scale, Span<byte> destination)
    {
        var length = 0;
        var magnitude = units < 0 ? 0UL - (ulong)units : (ulong)units;
        if (units < 0)
        {
            destination[length++] = (byte)'-';
        }

        var power = (ulong)Powers[scale];
        var whole = magnitude / power;
        length += NumberText.FormatPadded((long)whole, 1, destination[length..]);
        if (scale > 0)
        {
            destination[length++] = (byte)'.';
            length += NumberText.FormatPadded((long)(magnitude - (whole * power)), scale, destination[length..]);
        }

        return length;
    }

    /// <summary>
    /// Changes the scale of units; digits that fall away round half away from zero.
    /// </summary>
    /// <returns>False where the result has more digits than <paramref name="precision"/>.</returns>
    public static bool TryRescale(long units, int fromScale, int toScale, int precision, out long result)
    {
        Int128 wide = units;
        if (toScale >= fromScale)
        {
            wide *= Powers[toScale - fromScale];
        }
        else
        {
            var power = Powers[fromScale - toScale];
            var remainder = units % power;
            wide = (units / power) + (Math.Abs(remainder) >= power - Math.Abs(remainder) ? Math.Sign(units) : 0);
        }

        result = (long)wide;
        return result == wide && Fits(result, precision);
    }

    /// <summary>True where the units have at most <paramref name="precision"/> digits.</summary>
    public static bool Fits(long units, int precision) => units < Powers[precision] && units > -Powers[precision];

    private static TextStatus Finish(
        ulong digits,
        int exponent,
        bool roundUp,
        bool dropped,
        bool negative,
        int precision,
        int scale,
        out long units
    )
    {
        units = 0;
        if (dropped && exponent > -scale)
        {
            // More than 18 significant digits before the scale's last place: beyond any precision.
            return TextStatus.Overflow;
        }

        UInt128 wide = digits;
        wide *= (ulong)Powers[Math.Min(exponent + scale, 18)];
        wide += roundUp ? 1u : 0u;
        if (wide >= (UInt128)Powers[precision])
        {
            return TextStatus.Overflow;
        }

        units = negative ? -(long)wide : (long)wide;
        return TextStatus.Ok;
    }

    // Rare: rewrites the text without its exponent and reads that.
    private static TextStatus TryParseScientific(ReadOnlySpan<byte> text, int precision, int scale, out long units)
    {
        units = 0;
        var at = text.IndexOfAny((byte)'e', (byte)'E');
        if (at < 0 || text.Length > 400)
        {
            return TextStatus.Malformed;
        }

        var status = NumberText.TryParseInteger(text[(at + 1)..], -1_000_000, 1_000_000, out var power);
        if (status == TextStatus.Malformed)
        {
            return status;
        }

        var mantissa = text[..at];
        var isSigned = mantissa.Length > 0 && mantissa[0] is (byte)'-' or (byte)'+';
        var bare = isSigned ? mantissa[1..] : mantissa;
        var point = bare.IndexOf((byte)'.');
        var digitCount = bare.Length - (point < 0 ? 0 : 1);
        if (digitCount == 0 || bare.IndexOfAnyExcept(DigitsAndPoint) >= 0 || bare.Count((byte)'.') > 1)
        {
            return TextStatus.Malformed;
        }

        if (bare.IndexOfAnyExcept("0."u8) < 0)
        {
            return TextStatus.Ok;
        }

        if (status == TextStatus.Overflow || Math.Abs(power) > 400)
        {
            // A mantissa of at most 400 digits cannot bring such a power back into range.
            var isTiny = text[at + 1] == '-';
            return isTiny ? TextStatus.Ok : TextStatus.Overflow;
        }

        Span<byte> plain = stackalloc byte[1300];
        var length = 0;
        if (isSigned)
        {
            plain[length++] = mantissa[0];
        }

        var wholeDigits = (point < 0 ? bare.Length : point) + (int)power;
        for (var i = Math.Min(wholeDigits, 0); i < Math.Max(digitCount, wholeDigits); i++)
        {
            if (i == wholeDigits)
            {
                plain[length++] = (byte)'.';
            }

            var source = point >= 0 && i >= point ? i + 1 : i;
            plain[length++] = i >= 0 && i < digitCount ? bare[source] : (byte)'0';
        }

        return TryParse(plain[..length], precision, scale, out units);
    }
}
