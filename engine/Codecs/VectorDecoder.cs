using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Codecs.Constant;
using TickStore.Codecs.Kernels;
using TickStore.Codecs.Lz4;
using TickStore.Codecs.Raw;
using TickStore.Codecs.Strings;
using TickStore.Core;

namespace TickStore.Codecs;

/// <summary>
/// Bytes to column values, the inverse of <see cref="VectorEncoder"/>. Safe on any bytes: every length, width, position
/// and code is checked before it is used, and bytes that no encoder wrote raise <see cref="ErrorCode.Corruption"/>
/// (checksums against changed values are the business of the file that holds the vectors). Stateless, thread-safe,
/// allocates nothing. After an exception the destination's content is undefined.
/// </summary>
public static class VectorDecoder
{
    /// <summary>Decodes one vector.</summary>
    /// <typeparam name="T">The type that was encoded, or another of the same width.</typeparam>
    /// <param name="encoded">Bytes that start with the vector; more may follow.</param>
    /// <param name="count">The number of values the caller's directory says the vector has.</param>
    /// <param name="destination">At least <paramref name="count"/> values; the first that many are written.</param>
    /// <returns>Bytes the vector took, so that vectors can be read one after another.</returns>
    /// <exception cref="TickStoreException">Corruption; or InvalidArgument if the destination is too short.</exception>
    public static int Decode<T>(ReadOnlySpan<byte> encoded, int count, Span<T> destination)
        where T : unmanaged
    {
        CodecErrors.CheckCount(count);
        if (destination.Length < count)
            CodecErrors.ThrowDestinationTooSmall(destination.Length, count);
        CodecErrors.CheckElement(Unsafe.SizeOf<T>());
        destination = destination[..count];
        VectorHeader header = VectorHeader.Read(encoded, count, (byte)Unsafe.SizeOf<T>());
        ReadOnlySpan<byte> payload = header.Payload(encoded);
        switch (header.Codec)
        {
            case CodecId.Constant:
                ConstantCodec.Decode(payload, destination);
                break;
            case CodecId.Raw:
                RawCodec.Decode(payload, MemoryMarshal.AsBytes(destination));
                break;
            case CodecId.Lz4:
                Lz4Codec.Decode(payload, header.BitWidth, MemoryMarshal.AsBytes(destination));
                break;
            default:
                DecodeLanes(header, payload, destination);
                break;
        }
        return header.EncodedBytes;
    }

    /// <summary>
    /// One value of a vector. Constant, raw, for-bitpack and dictionary vectors are read in place, a few dozen
    /// nanoseconds; the others are decoded whole.
    /// </summary>
    /// <typeparam name="T">The type that was encoded, or another of the same width.</typeparam>
    /// <param name="encoded">Bytes that start with the vector; more may follow.</param>
    /// <param name="count">The number of values the caller's directory says the vector has.</param>
    /// <param name="index">0 to count - 1.</param>
    /// <returns>The value.</returns>
    /// <exception cref="TickStoreException">Corruption; or InvalidArgument if the index is out of range.</exception>
    [SkipLocalsInit]
    public static T DecodeOne<T>(ReadOnlySpan<byte> encoded, int count, int index)
        where T : unmanaged
    {
        CodecErrors.CheckCount(count);
        CodecErrors.CheckElement(Unsafe.SizeOf<T>());
        if ((uint)index >= (uint)count)
        {
            throw new TickStoreException(
                ErrorCode.InvalidArgument,
                $"Value {index} of a vector of {count}; allowed is 0 to {count - 1}."
            );
        }
        VectorHeader header = VectorHeader.Read(encoded, count, (byte)Unsafe.SizeOf<T>());
        ReadOnlySpan<byte> payload = header.Payload(encoded);
        if (header.Codec is CodecId.Constant)
        {
            T value = default;
            ConstantCodec.Decode(payload, new Span<T>(ref value));
            return value;
        }
        if (header.Codec is CodecId.Raw)
        {
            int rawBytes = count * Unsafe.SizeOf<T>();
            if (payload.Length != rawBytes)
                CodecErrors.ThrowCorrupt(header.Codec, "number of payload bytes", payload.Length, rawBytes);
            return MemoryMarshal.Read<T>(payload[(index * Unsafe.SizeOf<T>())..]);
        }
        if (header.Codec is CodecId.ForBitPack or CodecId.Dictionary)
        {
            long lane =
                Unsafe.SizeOf<T>() == sizeof(long)
                    ? LaneCodecs.Fetch<long>(header.Codec, payload, header.BitWidth, count, index)
                    : LaneCodecs.Fetch<int>(header.Codec, payload, header.BitWidth, count, index);
            // Little-endian: the low bytes of the lane come first, and are the narrower value.
            return Unsafe.As<long, T>(ref lane);
        }
        Span<T> values = stackalloc T[VectorHeader.CountMax];
        _ = Decode(encoded, count, values);
        return values[index];
    }

    /// <summary>
    /// How many bytes the strings of a vector take decoded, so that the caller can make room. Bounded by the vector's
    /// size: at most 1,024 times its payload (one string or dictionary entry repeated), 255 times for LZ4.
    /// </summary>
    /// <param name="encoded">Bytes that start with a string vector.</param>
    /// <param name="count">The number of strings the caller's directory says the vector has.</param>
    /// <returns>Bytes, 0 or more.</returns>
    /// <exception cref="TickStoreException">Corruption.</exception>
    public static int DecodedStringBytes(ReadOnlySpan<byte> encoded, int count)
    {
        CodecErrors.CheckCount(count);
        return StringVectors.DecodedBytes(encoded, count);
    }

    /// <summary>Decodes one vector of strings.</summary>
    /// <param name="encoded">Bytes that start with the vector; more may follow.</param>
    /// <param name="count">The number of strings the caller's directory says the vector has.</param>
    /// <param name="offsets">At least count + 1 slots; the first is set to 0, ascending.</param>
    /// <param name="utf8">
    /// At least <see cref="DecodedStringBytes"/>; whether the bytes are UTF-8 is not checked.
    /// </param>
    /// <returns>Bytes the vector took in <paramref name="encoded"/>.</returns>
    /// <exception cref="TickStoreException">Corruption; or InvalidArgument if a destination is too short.</exception>
    public static int DecodeStrings(ReadOnlySpan<byte> encoded, int count, Span<int> offsets, Span<byte> utf8)
    {
        CodecErrors.CheckCount(count);
        if (offsets.Length < count + 1)
            CodecErrors.ThrowDestinationTooSmall(offsets.Length, count + 1);
        return StringVectors.Decode(encoded, count, offsets[..(count + 1)], utf8);
    }

    [SkipLocalsInit]
    private static void DecodeLanes<T>(in VectorHeader header, ReadOnlySpan<byte> payload, Span<T> destination)
        where T : unmanaged
    {
        switch (Unsafe.SizeOf<T>())
        {
            case 8:
                LaneCodecs.Decode(header.Codec, payload, header.BitWidth, MemoryMarshal.Cast<T, long>(destination));
                break;
            case 4:
                LaneCodecs.Decode(header.Codec, payload, header.BitWidth, MemoryMarshal.Cast<T, int>(destination));
                break;
            default:
                // The ledger's scope was checked with the header: only widths 1 and 2 are left.
                Span<int> lanes = stackalloc int[VectorHeader.CountMax];
                lanes = lanes[..destination.Length];
                LaneCodecs.Decode(header.Codec, payload, header.BitWidth, lanes);
                Widening.Narrow(lanes, destination);
                break;
        }
    }
}
