using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TickStore.Core;

/// <summary>Sums and extremes of a run of values.</summary>
public static class RunKernels
{
    /// <summary>The exact sum. Low and high halves are added in separate lanes, which cannot overflow in one span.</summary>
    public static Int128 Sum(ReadOnlySpan<long> values)
    {
        var row = 0;
        Int128 total = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var lows = Vector256<long>.Zero;
            var highs = Vector256<long>.Zero;
            var lowMask = Vector256.Create(0xFFFF_FFFFL);
            for (; row <= values.Length - Vector256<long>.Count; row += Vector256<long>.Count)
            {
                var lanes = Vector256.LoadUnsafe(in values[row]);
                lows += lanes & lowMask;
                // An arithmetic shift of 64-bit lanes: the upper half as a signed 32-bit number.
                highs += Vector256.ShiftRightArithmetic(lanes, 32);
            }

            for (var lane = 0; lane < Vector256<long>.Count; lane++)
            {
                total += lows[lane] + ((Int128)highs[lane] << 32);
            }
        }

        for (; row < values.Length; row++)
        {
            total += values[row];
        }

        return total;
    }

    /// <summary>The exact sum.</summary>
    public static long Sum(ReadOnlySpan<int> values)
    {
        var row = 0;
        var total = 0L;
        if (Vector256.IsHardwareAccelerated)
        {
            var sums = Vector256<long>.Zero;
            for (; row <= values.Length - Vector256<int>.Count; row += Vector256<int>.Count)
            {
                var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(in values[row]));
                sums += lower + upper;
            }

            total = Vector256.Sum(sums);
        }

        for (; row < values.Length; row++)
        {
            total += values[row];
        }

        return total;
    }

    /// <summary>Adds each value to the one at the same place of <paramref name="totals"/>, which is as long; overflow wraps.</summary>
    public static void AddTo<T>(ReadOnlySpan<T> values, Span<long> totals)
        where T : unmanaged, IBinaryInteger<T>
    {
        var row = 0;
        totals = totals[..values.Length];
        if (Vector256.IsHardwareAccelerated && typeof(T) == typeof(long))
        {
            for (; row <= values.Length - Vector256<long>.Count; row += Vector256<long>.Count)
            {
                var sums = Vector256.LoadUnsafe(in values[row]).AsInt64() + Vector256.LoadUnsafe(in totals[row]);
                sums.StoreUnsafe(ref totals[row]);
            }
        }
        else if (Vector256.IsHardwareAccelerated && typeof(T) == typeof(int))
        {
            for (; row <= values.Length - Vector256<int>.Count; row += Vector256<int>.Count)
            {
                var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(in values[row]).AsInt32());
                ref var target = ref totals[row];
                (lower + Vector256.LoadUnsafe(in target)).StoreUnsafe(ref target);
                (upper + Vector256.LoadUnsafe(in target, 4)).StoreUnsafe(ref target, 4);
            }
        }

        for (; row < values.Length; row++)
        {
            totals[row] = unchecked(totals[row] + long.CreateTruncating(values[row]));
        }
    }

    /// <summary>
    /// The least value (of REAL and DOUBLE: NaN counts as greater than every number). Where -0 and 0 are both least,
    /// -0 is given, so that the result does not depend on the order.
    /// </summary>
    /// <param name="values">At least one value.</param>
    public static T Minimum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var row = 0;
        var least = values[0];
        if (Vector256.IsHardwareAccelerated && values.Length >= Vector256<T>.Count)
        {
            var lanes = Vector256.LoadUnsafe(in values[0]);
            for (row = Vector256<T>.Count; row <= values.Length - Vector256<T>.Count; row += Vector256<T>.Count)
            {
                lanes = Minimum(lanes, Vector256.LoadUnsafe(in values[row]));
            }

            least = lanes[0];
            for (var lane = 1; lane < Vector256<T>.Count; lane++)
            {
                least = Minimum(least, lanes[lane]);
            }
        }

        for (; row < values.Length; row++)
        {
            least = Minimum(least, values[row]);
        }

        return least;
    }

    /// <summary>
    /// The greatest value (of REAL and DOUBLE: NaN if there is one, with the bits of <c>double.NaN</c>). Where -0 and 0
    /// are both greatest, 0 is given.
    /// </summary>
    /// <param name="values">At least one value.</param>
    public static T Maximum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var row = 0;
        var greatest = values[0];
        if (Vector256.IsHardwareAccelerated && values.Length >= Vector256<T>.Count)
        {
            var lanes = Vector256.LoadUnsafe(in values[0]);
            for (row = Vector256<T>.Count; row <= values.Length - Vector256<T>.Count; row += Vector256<T>.Count)
            {
                lanes = Vector256.Max(lanes, Vector256.LoadUnsafe(in values[row]));
            }

            greatest = lanes[0];
            for (var lane = 1; lane < Vector256<T>.Count; lane++)
            {
                greatest = Maximum(greatest, lanes[lane]);
            }
        }

        for (; row < values.Length; row++)
        {
            greatest = Maximum(greatest, values[row]);
        }

        return Canonical(greatest);
    }

    /// <summary>The lesser of two values in the order of <see cref="Minimum{T}(ReadOnlySpan{T})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Minimum<T>(T left, T right)
        where T : unmanaged, INumber<T> =>
        Canonical(
            typeof(T) == typeof(double) || typeof(T) == typeof(float) ? T.MinNumber(left, right) : T.Min(left, right)
        );

    /// <summary>The greater of two values in the order of <see cref="Maximum{T}(ReadOnlySpan{T})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Maximum<T>(T left, T right)
        where T : unmanaged, INumber<T> => Canonical(T.Max(left, right));

    /// <summary>The value; for NaN the one NaN whose payload does not depend on which NaN came first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Canonical<T>(T value)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double))
        {
            return T.IsNaN(value) ? (T)(object)double.NaN : value;
        }

        return typeof(T) == typeof(float) && T.IsNaN(value) ? (T)(object)float.NaN : value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Minimum<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T> =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float)
            ? Vector256.MinNumber(left, right)
            : Vector256.Min(left, right);
}
