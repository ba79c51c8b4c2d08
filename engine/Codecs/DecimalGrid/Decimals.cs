using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TickStore.Codecs.DecimalGrid;

/// <summary>Doubles to integers over a power of ten and back, verified to the bit.</summary>
internal static class Decimals
{
    /// <summary>10^15 is the last power that leaves a digit in front of the point below 2^53.</summary>
    internal const int ExponentMax = 15;

    private const int SampleCount = 32;

    /// <summary>Integers up to here are exact as doubles.</summary>
    private const double ExactMax = 9_007_199_254_740_992;

    /// <summary>All exact: powers of ten are up to 10^22.</summary>
    private static ReadOnlySpan<double> PowersOfTen =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Finds the least exponent at which nearly all values are integers, and quantizes with it.</summary>
    /// <returns>The exponent, or -1 if no exponent keeps the exceptions within the limit.</returns>
    internal static int FindExponent(
        ReadOnlySpan<double> values,
        int exceptionCountMax,
        Span<long> numerators,
        Span<ushort> exceptions,
        out int exceptionCount
    )
    {
        exceptionCount = 0;
        int step = Math.Max(1, values.Length / SampleCount);
        for (int exponent = 0; exponent <= ExponentMax; exponent++)
        {
            int misses = 0;
            for (int i = 0; i < values.Length && misses <= SampleCount / 8; i += step)
                misses += IsOnGrid(values[i], PowersOfTen[exponent], out _) ? 0 : 1;
            if (misses > SampleCount / 8)
                continue;
            exceptionCount = Quantize(values, exponent, numerators, exceptions);
            if (exceptionCount <= exceptionCountMax)
                return exponent;
        }
        return -1;
    }

    /// <summary>
    /// Numerators of all values; a slot whose value does not come back takes the numerator before it (0 at first),
    /// which costs nothing in most inner codecs, and its position is listed.
    /// </summary>
    /// <returns>Number of exceptions.</returns>
    internal static int Quantize(
        ReadOnlySpan<double> values,
        int exponent,
        Span<long> numerators,
        Span<ushort> exceptions
    )
    {
        double power = PowersOfTen[exponent];
        int exceptionCount = 0,
            i = 0;
        if (numerators.Length < values.Length)
            throw new ArgumentException("There are fewer numerators than values.");
        while (i < values.Length)
        {
            if (Vector512.IsHardwareAccelerated && i <= values.Length - Vector512<double>.Count)
            {
                Vector512<double> value = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i);
                Vector512<double> powers = Vector512.Create(power),
                    rounded = Vector512.Round(value * powers);
                // By way of the integer, as decoding will: it has no -0.0.
                Vector512<long> integers = Vector512.ConvertToInt64Native(rounded);
                Vector512<double> back = Vector512.ConvertToDouble(integers) / powers;
                Vector512<long> same = Vector512.Equals(back.AsInt64(), value.AsInt64());
                Vector512<double> exact = Vector512.LessThan(Vector512.Abs(rounded), Vector512.Create(ExactMax));
                if ((same & exact.AsInt64()) == Vector512<long>.AllBitsSet)
                {
                    integers.StoreUnsafe(ref MemoryMarshal.GetReference(numerators), (nuint)i);
                    i += Vector512<double>.Count;
                    continue;
                }
            }
            int end = Math.Min(i + Vector512<double>.Count, values.Length);
            for (; i < end; i++)
            {
                if (IsOnGrid(values[i], power, out numerators[i]))
                    continue;
                numerators[i] = i == 0 ? 0 : numerators[i - 1];
                exceptions[exceptionCount++] = (ushort)i;
            }
        }
        return exceptionCount;
    }

    /// <summary>In place: the bits of (double)(numerator * factor) / 10^exponent.</summary>
    internal static void Divide(Span<long> numerators, uint factor, int exponent)
    {
        double power = PowersOfTen[exponent];
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref long target = ref MemoryMarshal.GetReference(numerators);
            Vector512<long> factors = Vector512.Create((long)factor);
            Vector512<double> powers = Vector512.Create(power);
            for (; i <= numerators.Length - Vector512<long>.Count; i += Vector512<long>.Count)
            {
                Vector512<long> numerator = Vector512.LoadUnsafe(ref target, (nuint)i) * factors;
                (Vector512.ConvertToDouble(numerator) / powers).AsInt64().StoreUnsafe(ref target, (nuint)i);
            }
        }
        for (; i < numerators.Length; i++)
            numerators[i] = BitConverter.DoubleToInt64Bits((double)(numerators[i] * factor) / power);
    }

    private static bool IsOnGrid(double value, double power, out long numerator)
    {
        double rounded = Math.Round(value * power);
        bool exact = Math.Abs(rounded) < ExactMax;
        numerator = exact ? (long)rounded : 0;
        double back = numerator / power;
        return exact && BitConverter.DoubleToInt64Bits(back) == BitConverter.DoubleToInt64Bits(value);
    }
}
