using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TickStore.Core;

/// <summary>
/// Comparisons of columns: one byte a row, 1 where the comparison holds. Lanes of 64 or 32 bytes whose masks are spread
/// to bytes through a table; the rest row by row. The scalar loop is the definition.
/// </summary>
public static class CompareDriver
{
    // Entry m has byte i = bit i of m: eight results of a mask in one store.
    private static readonly ulong[] SpreadBits = MakeSpread();

    private interface IFlagSink
    {
        /// <summary>What becomes of eight flags, given eight results.</summary>
        static abstract ulong Merge(ulong flags, ulong results);
    }

    /// <summary>Compares row by row. O(rows), no allocation.</summary>
    /// <param name="left">Values, at least as many as <paramref name="flags"/>.</param>
    /// <param name="right">Values, at least as many as <paramref name="flags"/>.</param>
    /// <param name="flags">Takes 1 or 0 for each row.</param>
    public static void Compare<TKernel, T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<byte> flags)
        where TKernel : struct, ICompareKernel
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        left = left[..flags.Length];
        right = right[..flags.Length];
        var row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row <= flags.Length - Vector512<T>.Count; row += Vector512<T>.Count)
            {
                var mask = TKernel.Invoke(Vector512.LoadUnsafe(in left[row]), Vector512.LoadUnsafe(in right[row]));
                Spread<Store>(mask.ExtractMostSignificantBits(), flags.Slice(row, Vector512<T>.Count));
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; row <= flags.Length - (2 * Vector256<T>.Count); row += 2 * Vector256<T>.Count)
            {
                var low = TKernel.Invoke(Vector256.LoadUnsafe(in left[row]), Vector256.LoadUnsafe(in right[row]));
                var next = row + Vector256<T>.Count;
                var high = TKernel.Invoke(Vector256.LoadUnsafe(in left[next]), Vector256.LoadUnsafe(in right[next]));
                var bits =
                    low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << Vector256<T>.Count);
                Spread<Store>(bits, flags.Slice(row, 2 * Vector256<T>.Count));
            }
        }

        for (; row < flags.Length; row++)
        {
            flags[row] = TKernel.Invoke(left[row], right[row]) ? (byte)1 : (byte)0;
        }
    }

    /// <summary>Compares each row with a constant on the right. O(rows), no allocation.</summary>
    /// <param name="left">Values, at least as many as <paramref name="flags"/>.</param>
    /// <param name="right">The constant.</param>
    /// <param name="flags">Takes 1 or 0 for each row.</param>
    /// <param name="exchange">True to put the constant on the left: with <see cref="LessKernel"/>, greater than.</param>
    public static void CompareConstant<TKernel, T>(
        ReadOnlySpan<T> left,
        T right,
        Span<byte> flags,
        bool exchange = false
    )
        where TKernel : struct, ICompareKernel
        where T : unmanaged, IComparable<T>, IEquatable<T> =>
        WithConstant<TKernel, Store, T>(left, right, flags, exchange);

    /// <summary>As <see cref="CompareConstant"/>, but clears flags only: a flag that is 0 stays 0.</summary>
    /// <param name="left">Values, at least as many as <paramref name="flags"/>.</param>
    /// <param name="right">The constant.</param>
    /// <param name="flags">0 or 1 for each row; becomes 0 where the comparison does not hold.</param>
    /// <param name="exchange">True to put the constant on the left.</param>
    public static void AndConstant<TKernel, T>(ReadOnlySpan<T> left, T right, Span<byte> flags, bool exchange = false)
        where TKernel : struct, ICompareKernel
        where T : unmanaged, IComparable<T>, IEquatable<T> =>
        WithConstant<TKernel, And, T>(left, right, flags, exchange);

    private static void WithConstant<TKernel, TSink, T>(ReadOnlySpan<T> left, T right, Span<byte> flags, bool exchange)
        where TKernel : struct, ICompareKernel
        where TSink : struct, IFlagSink
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        left = left[..flags.Length];
        var row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var constant = Vector512.Create(right);
            for (; row <= flags.Length - Vector512<T>.Count; row += Vector512<T>.Count)
            {
                var values = Vector512.LoadUnsafe(in left[row]);
                var mask = exchange ? TKernel.Invoke(constant, values) : TKernel.Invoke(values, constant);
                Spread<TSink>(mask.ExtractMostSignificantBits(), flags.Slice(row, Vector512<T>.Count));
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var constant = Vector256.Create(right);
            for (; row <= flags.Length - (2 * Vector256<T>.Count); row += 2 * Vector256<T>.Count)
            {
                var lower = Vector256.LoadUnsafe(in left[row]);
                var upper = Vector256.LoadUnsafe(in left[row + Vector256<T>.Count]);
                var low = exchange ? TKernel.Invoke(constant, lower) : TKernel.Invoke(lower, constant);
                var high = exchange ? TKernel.Invoke(constant, upper) : TKernel.Invoke(upper, constant);
                var bits =
                    low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << Vector256<T>.Count);
                Spread<TSink>(bits, flags.Slice(row, 2 * Vector256<T>.Count));
            }
        }

        for (; row < flags.Length; row++)
        {
            var holds = exchange ? TKernel.Invoke(right, left[row]) : TKernel.Invoke(left[row], right);
            flags[row] = (byte)TSink.Merge(flags[row], holds ? 1UL : 0);
        }
    }

    // flags has 8, 16, 32 or 64 bytes: a whole number of 8-bit masks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread<TSink>(ulong bits, Span<byte> flags)
        where TSink : struct, IFlagSink
    {
        ref var target = ref MemoryMarshal.GetReference(flags);
        for (var i = 0; i < flags.Length; i += 8)
        {
            ref var eight = ref Unsafe.Add(ref target, i);
            Unsafe.WriteUnaligned(
                ref eight,
                TSink.Merge(Unsafe.ReadUnaligned<ulong>(ref eight), SpreadBits[(byte)(bits >> i)])
            );
        }
    }

    private static ulong[] MakeSpread()
    {
        var table = new ulong[256];
        for (var mask = 0; mask < 256; mask++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                table[mask] |= (ulong)((mask >> bit) & 1) << (8 * bit);
            }
        }

        return table;
    }

    private readonly struct Store : IFlagSink
    {
        public static ulong Merge(ulong flags, ulong results) => results;
    }

    private readonly struct And : IFlagSink
    {
        public static ulong Merge(ulong flags, ulong results) => flags & results;
    }
}
