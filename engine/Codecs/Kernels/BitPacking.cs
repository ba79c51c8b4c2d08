using System.Numerics;
using System.Runtime.CompilerServices;

namespace TickStore.Codecs.Kernels;

/// <summary>
/// Bit-packed integers of one width. Two layouts, chosen by the count alone, of the same size:
/// a full vector (1,024 values) is interleaved for 512-bit registers (<see cref="InterleavedBits"/>); a short one is a
/// plain bit stream (<see cref="LinearBits"/>), because padding it to whole registers would cost more than it holds.
/// </summary>
internal static class BitPacking
{
    /// <summary>Bytes of <paramref name="count"/> values of <paramref name="width"/> bits, in either layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int BytesFor(int count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Packs the low <paramref name="width"/> bits of (value - bias).</summary>
    /// <returns>Bytes written.</returns>
    internal static int Pack<T>(ReadOnlySpan<T> values, T bias, int width, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        int packedBytes = BytesFor(values.Length, width);
        if (destination.Length < packedBytes)
            CodecErrors.ThrowDestinationTooSmall(destination.Length, packedBytes);
        if (width == 0)
            return 0;
        destination = destination[..packedBytes];
        if (values.Length == VectorHeader.CountMax)
            InterleavedBits.Pack(values, bias, width, destination);
        else
            LinearBits.Pack(values, bias, width, destination);
        return packedBytes;
    }

    /// <summary>Unpacks <c>destination.Length</c> values and adds the bias to each.</summary>
    /// <param name="packed">
    /// Exactly the bytes of the packed values; the caller has checked nothing but took the slice.
    /// </param>
    /// <param name="bias">Added to each value, wrapping.</param>
    /// <param name="width">0 to the lane's bits, checked here.</param>
    /// <param name="destination">Every slot is written.</param>
    /// <param name="id">Named in the error.</param>
    internal static void Unpack<T>(ReadOnlySpan<byte> packed, T bias, int width, Span<T> destination, CodecId id)
        where T : unmanaged, IBinaryInteger<T>
    {
        if ((uint)width > (uint)Lane.Bits<T>())
            CodecErrors.ThrowCorrupt(id, "bit width", width, Lane.Bits<T>());
        int packedBytes = BytesFor(destination.Length, width);
        if (packed.Length != packedBytes)
            CodecErrors.ThrowCorrupt(id, "number of packed bytes", packed.Length, packedBytes);
        if (width == 0)
            destination.Fill(bias);
        else if (destination.Length == VectorHeader.CountMax)
            InterleavedBits.Unpack(packed, bias, width, destination);
        else
            LinearBits.Unpack(packed, bias, width, destination);
    }

    /// <summary>One unpacked value; the arguments have been checked as in <see cref="Unpack{T}"/>.</summary>
    internal static T UnpackOne<T>(ReadOnlySpan<byte> packed, T bias, int width, int count, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (width == 0)
            return bias;
        return count == VectorHeader.CountMax
            ? InterleavedBits.UnpackOne(packed, bias, width, index)
            : LinearBits.UnpackOne(packed, bias, width, index);
    }
}
