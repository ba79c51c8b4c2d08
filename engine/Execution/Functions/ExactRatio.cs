using System.Numerics;

namespace TickStore.Execution;

/// <summary>Integers as DOUBLE, rounded once, to the nearest and from the middle to even.</summary>
internal static class ExactRatio
{
    private const long ExactMax = 1L << 53;
    private static readonly Int128 DivisorMax = Int128.One << 70;

    /// <summary>
    /// The quotient of two integers, correctly rounded. Where both are exact as DOUBLE, one division is; else long division
    /// to 64 bits and a sticky bit is rounded.
    /// </summary>
    public static double Divide(Int128 dividend, Int128 divisor) =>
        // The least of all numbers has no absolute value.
        dividend == Int128.MinValue
        || divisor == Int128.MinValue
            ? Divide((BigInteger)dividend, (BigInteger)divisor)
        : Int128.Abs(dividend) <= ExactMax && Int128.Abs(divisor) <= ExactMax ? (double)(long)dividend / (long)divisor
        : Int128.Abs(divisor) < DivisorMax ? DivideNarrow(dividend, divisor)
        : Divide((BigInteger)dividend, (BigInteger)divisor);

    // The dividend is shifted to 127 bits, so the quotient has at least 57: more than are kept, and the last one collects what was
    // cut off. Results are never subnormal, for neither side is a fraction.
    private static double DivideNarrow(Int128 dividend, Int128 divisor)
    {
        if (dividend == 0)
        {
            return 0;
        }

        var negative = dividend < 0 != divisor < 0;
        var numerator = (UInt128)Int128.Abs(dividend);
        var denominator = (UInt128)Int128.Abs(divisor);
        var shift = (int)UInt128.LeadingZeroCount(numerator) - 1;
        numerator <<= shift;
        var quotient = numerator / denominator;
        var dropBits = Math.Max(64 - (int)UInt128.LeadingZeroCount(quotient), 0);
        var kept = (ulong)(quotient >> dropBits);
        kept |= (UInt128)kept << dropBits != quotient || quotient * denominator != numerator ? 1UL : 0;
        var result = Math.ScaleB((double)kept, dropBits - shift);
        return negative ? -result : result;
    }

    /// <summary>The quotient of two integers of any size, correctly rounded; infinite beyond the range.</summary>
    public static double Divide(BigInteger dividend, BigInteger divisor)
    {
        if (dividend.IsZero)
        {
            return 0;
        }

        var negative = dividend.Sign != divisor.Sign;
        var numerator = BigInteger.Abs(dividend);
        var denominator = BigInteger.Abs(divisor);
        // A quotient of 65 or 66 bits, whose last bit collects what was cut off.
        var shift = 65 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        numerator = shift >= 0 ? numerator << shift : numerator;
        denominator = shift < 0 ? denominator << -shift : denominator;
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        if (!remainder.IsZero)
        {
            quotient |= 1;
        }

        return Round(quotient, -shift, negative);
    }

    /// <summary>An integer times 2^exponent, correctly rounded; subnormal results too.</summary>
    public static double Round(BigInteger value, int exponent) =>
        Round(BigInteger.Abs(value), exponent, value.Sign < 0);

    private static double Round(BigInteger magnitude, int exponent, bool negative)
    {
        if (magnitude.IsZero)
        {
            return 0;
        }

        // Bits that DOUBLE holds at this magnitude: 53, and fewer where the result is subnormal.
        var bitLength = (int)magnitude.GetBitLength();
        var dropBits = Math.Max(bitLength - 53, -1074 - exponent);
        if (dropBits > 0)
        {
            var kept = dropBits > bitLength ? BigInteger.Zero : magnitude >> dropBits;
            var cut = magnitude - (kept << dropBits);
            var half = BigInteger.One << (dropBits - 1);
            var order = cut.CompareTo(half);
            magnitude = order > 0 || (order == 0 && !kept.IsEven) ? kept + 1 : kept;
            exponent += dropBits;
        }

        // At most 53 bits and exact from here on; scaled in two steps, lest the power itself overflow.
        var result = Math.ScaleB((double)(ulong)magnitude, exponent);
        return negative ? -result : result;
    }
}
