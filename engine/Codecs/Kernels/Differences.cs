using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TickStore.Codecs.Kernels;

/// <summary>Offsets from an origin, differences of neighbours and their inverse, running sums; all wrapping.</summary>
internal static class Differences
{
    /// <summary>destination[i] = source[i] - origin.</summary>
    internal static void FromOrigin<T>(ReadOnlySpan<T> source, T origin, Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (destination.Length < source.Length)
            throw new ArgumentException("The destination is shorter than the source.");
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref T from = ref MemoryMarshal.GetReference(source);
            ref T to = ref MemoryMarshal.GetReference(destination);
            Vector512<T> origins = Vector512.Create(origin);
            for (; i <= source.Length - Vector512<T>.Count; i += Vector512<T>.Count)
                (Vector512.LoadUnsafe(ref from, (nuint)i) - origins).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < source.Length; i++)
            destination[i] = source[i] - origin;
    }

    /// <summary>destination[i] = source[i] - source[i - 1] - bias for i of 1 and up; destination[0] = 0.</summary>
    internal static void Subtract<T>(ReadOnlySpan<T> source, T bias, Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (destination.Length < source.Length)
            throw new ArgumentException("The destination is shorter than the source.");
        destination[0] = T.Zero;
        int i = 1;
        if (Vector512.IsHardwareAccelerated)
        {
            ref T from = ref MemoryMarshal.GetReference(source);
            ref T to = ref MemoryMarshal.GetReference(destination);
            Vector512<T> biases = Vector512.Create(bias);
            for (; i <= source.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                Vector512<T> value = Vector512.LoadUnsafe(ref from, (nuint)i);
                Vector512<T> previous = Vector512.LoadUnsafe(ref from, (nuint)(i - 1));
                (value - previous - biases).StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < source.Length; i++)
            destination[i] = source[i] - source[i - 1] - bias;
    }

    /// <summary>
    /// values[i] = carry + values[0] + ... + values[i], in place. With AVX-512 each register is summed by log2(lanes)
    /// shifted adds, so that only one broadcast and one add per register wait for the register before.
    /// </summary>
    internal static void RunningSum<T>(Span<T> values, T carry)
        where T : unmanaged, IBinaryInteger<T>
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            ref T target = ref MemoryMarshal.GetReference(values);
            Vector512<T> carries = Vector512.Create(carry);
            Vector512<T> lastLane = Vector512.Create(T.CreateTruncating(Vector512<T>.Count - 1));
            for (; i <= values.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                Vector512<T> sums = InRegister(Vector512.LoadUnsafe(ref target, (nuint)i)) + carries;
                sums.StoreUnsafe(ref target, (nuint)i);
                carries = BroadcastLast(sums, lastLane);
            }
            carry = carries[0];
        }
        for (; i < values.Length; i++)
        {
            carry += values[i];
            values[i] = carry;
        }
    }

    /// <summary>Running sums within one register: valign against zero moves lanes up by 1, 2, 4 (and 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> InRegister<T>(Vector512<T> value)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            Vector512<int> sums = value.AsInt32();
            sums += Avx512F.AlignRight32(sums, Vector512<int>.Zero, 15);
            sums += Avx512F.AlignRight32(sums, Vector512<int>.Zero, 14);
            sums += Avx512F.AlignRight32(sums, Vector512<int>.Zero, 12);
            sums += Avx512F.AlignRight32(sums, Vector512<int>.Zero, 8);
            return sums.As<int, T>();
        }
        else
        {
            Vector512<long> sums = value.AsInt64();
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 7);
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 6);
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 4);
            return sums.As<long, T>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> BroadcastLast<T>(Vector512<T> value, Vector512<T> lastLane)
        where T : unmanaged =>
        Unsafe.SizeOf<T>() == 4
            ? Avx512F.PermuteVar16x32(value.AsInt32(), lastLane.AsInt32()).As<int, T>()
            : Avx512F.PermuteVar8x64(value.AsInt64(), lastLane.AsInt64()).As<long, T>();
}
