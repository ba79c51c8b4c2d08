using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TickStore.Core;

/// <summary>
/// Integer arithmetic over columns that notices overflow: the sum or difference wraps, and the caller is told that some
/// row did, so that it can look for a row that counts (a NULL row does not). No branch a row.
/// </summary>
public static class CheckedArithmetic
{
    /// <summary>Adds row by row.</summary>
    /// <returns>False where at least one row does not fit; its result wrapped.</returns>
    public static bool TryAdd<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        left = left[..result.Length];
        right = right[..result.Length];
        var row = 0;
        var overflow = T.Zero;
        if (Vector512.IsHardwareAccelerated)
        {
            var signs = Vector512<T>.Zero;
            for (; row <= result.Length - Vector512<T>.Count; row += Vector512<T>.Count)
            {
                var a = Vector512.LoadUnsafe(in left[row]);
                var b = Vector512.LoadUnsafe(in right[row]);
                var sum = a + b;
                signs |= (a ^ sum) & (b ^ sum);
                sum.StoreUnsafe(ref result[row]);
            }

            overflow = Fold(signs.GetLower() | signs.GetUpper());
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var signs = Vector256<T>.Zero;
            for (; row <= result.Length - Vector256<T>.Count; row += Vector256<T>.Count)
            {
                var a = Vector256.LoadUnsafe(in left[row]);
                var b = Vector256.LoadUnsafe(in right[row]);
                var sum = a + b;
                signs |= (a ^ sum) & (b ^ sum);
                sum.StoreUnsafe(ref result[row]);
            }

            overflow = Fold(signs);
        }

        for (; row < result.Length; row++)
        {
            var sum = unchecked(left[row] + right[row]);
            overflow |= (left[row] ^ sum) & (right[row] ^ sum);
            result[row] = sum;
        }

        return !T.IsNegative(overflow);
    }

    /// <summary>Subtracts row by row.</summary>
    /// <returns>False where at least one row does not fit; its result wrapped.</returns>
    public static bool TrySubtract<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        left = left[..result.Length];
        right = right[..result.Length];
        var row = 0;
        var overflow = T.Zero;
        if (Vector512.IsHardwareAccelerated)
        {
            var signs = Vector512<T>.Zero;
            for (; row <= result.Length - Vector512<T>.Count; row += Vector512<T>.Count)
            {
                var a = Vector512.LoadUnsafe(in left[row]);
                var b = Vector512.LoadUnsafe(in right[row]);
                var difference = a - b;
                signs |= (a ^ b) & (a ^ difference);
                difference.StoreUnsafe(ref result[row]);
            }

            overflow = Fold(signs.GetLower() | signs.GetUpper());
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var signs = Vector256<T>.Zero;
            for (; row <= result.Length - Vector256<T>.Count; row += Vector256<T>.Count)
            {
                var a = Vector256.LoadUnsafe(in left[row]);
                var b = Vector256.LoadUnsafe(in right[row]);
                var difference = a - b;
                signs |= (a ^ b) & (a ^ difference);
                difference.StoreUnsafe(ref result[row]);
            }

            overflow = Fold(signs);
        }

        for (; row < result.Length; row++)
        {
            var difference = unchecked(left[row] - right[row]);
            overflow |= (left[row] ^ right[row]) & (left[row] ^ difference);
            result[row] = difference;
        }

        return !T.IsNegative(overflow);
    }

    /// <summary>Multiplies row by row.</summary>
    /// <returns>False where at least one row does not fit; its result wrapped.</returns>
    public static bool TryMultiply(ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<long> result)
    {
        left = left[..result.Length];
        right = right[..result.Length];
        var overflow = 0L;
        for (var row = 0; row < result.Length; row++)
        {
            var high = Math.BigMul(left[row], right[row], out var low);
            overflow |= high ^ (low >> 63);
            result[row] = low;
        }

        return overflow == 0;
    }

    // The sign bit of the result is set where any lane's is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold<T>(Vector256<T> signs)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T> =>
        signs.ExtractMostSignificantBits() == 0 ? T.Zero : T.NegativeOne;
}
