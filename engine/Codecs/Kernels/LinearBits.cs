using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// A plain bit stream: value i lies at bits [i * width, (i + 1) * width), least significant bit first. Reads take eight
/// bytes at a time while nine are left and assemble the last few values byte by byte, so nothing outside the span is
/// touched.
/// </summary>
internal static class LinearBits
{
    internal static void Pack<T>(ReadOnlySpan<T> values, T bias, int width, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        var mask = (ulong)Lane.Mask<long>(width);
        ulong pending = 0;
        int pendingBits = 0,
            position = 0;
        foreach (T value in values)
        {
            ulong bits = ulong.CreateTruncating(value - bias) & mask;
            pending |= bits << pendingBits;
            pendingBits += width;
            if (pendingBits >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination[position..], pending);
                position += 8;
                pendingBits -= 64;
                // A shift by 64 would be a shift by 0, so the empty remainder is written as such.
                pending = pendingBits == 0 ? 0 : bits >> (width - pendingBits);
            }
        }
        for (; pendingBits > 0; pendingBits -= 8, pending >>= 8)
            destination[position++] = (byte)pending;
    }

    internal static void Unpack<T>(ReadOnlySpan<byte> packed, T bias, int width, Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        var mask = (ulong)Lane.Mask<long>(width);
        int index = 0,
            bit = 0;
        if (width <= 57 && packed.Length >= 8)
        {
            // A value of up to 57 bits lies in the eight bytes from its first byte, so the fast values are those whose
            // first byte has seven more behind it; the loads below are unchecked and rely on exactly this count.
            int lastByte = packed.Length - 8;
            int fastCount = Math.Min(destination.Length, ((lastByte * 8) + 7) / width);
            ref byte source = ref MemoryMarshal.GetReference(packed);
            Span<T> fast = destination[..fastCount];
            for (; index < fast.Length; index++, bit += width)
            {
                ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, bit >> 3));
                fast[index] = T.CreateTruncating((word >> (bit & 7)) & mask) + bias;
            }
        }
        for (; index < destination.Length; index++, bit += width)
            destination[index] = T.CreateTruncating(ReadBits(packed, bit, width, mask)) + bias;
    }

    internal static T UnpackOne<T>(ReadOnlySpan<byte> packed, T bias, int width, int index)
        where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(ReadBits(packed, index * width, width, (ulong)Lane.Mask<long>(width))) + bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ReadBits(ReadOnlySpan<byte> packed, int bit, int width, ulong mask)
    {
        int position = bit >> 3,
            shift = bit & 7;
        if (position + 9 <= packed.Length)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(packed[position..]) >> shift;
            if (shift + width > 64)
                word |= (ulong)packed[position + 8] << (64 - shift);
            return word & mask;
        }
        UInt128 tail = 0;
        for (int i = packed.Length - 1; i >= position; i--)
            tail = (tail << 8) | packed[i];
        return (ulong)(tail >> shift) & mask;
    }
}
