using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// Values of 1 and 2 bytes to 32-bit lanes and back: bytes are zero-extended, shorts sign-extended, and narrowing drops
/// the high bits, so the way back is exact for both.
/// </summary>
internal static class Widening
{
    internal static void Widen<T>(ReadOnlySpan<T> values, Span<int> lanes)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 1)
            Widen(MemoryMarshal.Cast<T, byte>(values), lanes);
        else
            Widen(MemoryMarshal.Cast<T, short>(values), lanes);
    }

    internal static void Narrow<T>(ReadOnlySpan<int> lanes, Span<T> values)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 1)
            Narrow(lanes, MemoryMarshal.Cast<T, byte>(values));
        else
            Narrow(lanes, MemoryMarshal.Cast<T, short>(values));
    }

    private static void Widen(ReadOnlySpan<byte> values, Span<int> lanes)
    {
        for (int i = 0; i < values.Length; i++)
            lanes[i] = values[i];
    }

    private static void Widen(ReadOnlySpan<short> values, Span<int> lanes)
    {
        for (int i = 0; i < values.Length; i++)
            lanes[i] = values[i];
    }

    private static void Narrow(ReadOnlySpan<int> lanes, Span<byte> values)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref int from = ref MemoryMarshal.GetReference(lanes);
            ref byte to = ref MemoryMarshal.GetReference(values);
            for (; i <= Math.Min(lanes.Length, values.Length) - 32; i += 32)
            {
                Vector256<short> low = Vector256.Narrow(
                    Vector256.LoadUnsafe(ref from, (nuint)i),
                    Vector256.LoadUnsafe(ref from, (nuint)(i + 8))
                );
                Vector256<short> high = Vector256.Narrow(
                    Vector256.LoadUnsafe(ref from, (nuint)(i + 16)),
                    Vector256.LoadUnsafe(ref from, (nuint)(i + 24))
                );
                Vector256.Narrow(low, high).AsByte().StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < lanes.Length; i++)
            values[i] = (byte)lanes[i];
    }

    private static void Narrow(ReadOnlySpan<int> lanes, Span<short> values)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref int from = ref MemoryMarshal.GetReference(lanes);
            ref short to = ref MemoryMarshal.GetReference(values);
            for (; i <= Math.Min(lanes.Length, values.Length) - 16; i += 16)
            {
                Vector256<short> both = Vector256.Narrow(
                    Vector256.LoadUnsafe(ref from, (nuint)i),
                    Vector256.LoadUnsafe(ref from, (nuint)(i + 8))
                );
                both.StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < lanes.Length; i++)
            values[i] = (short)lanes[i];
    }
}
