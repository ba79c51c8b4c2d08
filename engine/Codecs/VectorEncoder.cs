using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Constant;
using TickStore.Codecs.Kernels;
using TickStore.Codecs.Lz4;
using TickStore.Codecs.Raw;
using TickStore.Codecs.Strings;
using TickStore.Core;

namespace TickStore.Codecs;

/// <summary>
/// Column values to bytes, one vector (1 to 1,024 values of one physical type) at a time, by the codec that takes the
/// fewest bytes with a small bias to fast decoding. Stateless, thread-safe, allocates nothing per call. Values of null
/// slots must have been filled by the caller, best with the value before them; <see cref="ValidityCodec"/> keeps which
/// ones are null. Decoding gives the same bits: NaN payloads, -0.0 and infinities included.
/// </summary>
public static class VectorEncoder
{
    /// <summary>
    /// A destination of this size always suffices for <see cref="Encode{T}(ReadOnlySpan{T}, Span{byte})"/>.
    /// </summary>
    /// <param name="count">Number of values, 1 to 1,024.</param>
    /// <param name="elementBytes">Width of a value in bytes, 1 to 61.</param>
    /// <returns>Bytes: the header and the raw values.</returns>
    public static int MaxEncodedBytes(int count, int elementBytes) => VectorHeader.SizeInBytes + (count * elementBytes);

    /// <summary>
    /// A destination of this size always suffices for
    /// <see cref="EncodeStrings(ReadOnlySpan{int}, ReadOnlySpan{byte}, Span{byte})"/>.
    /// </summary>
    /// <param name="count">Number of strings, 1 to 1,024.</param>
    /// <param name="utf8Bytes">Bytes of all strings together.</param>
    /// <returns>Bytes.</returns>
    public static int MaxEncodedStringBytes(int count, int utf8Bytes) =>
        StringVectors.MaxEncodedBytes(count, utf8Bytes);

    /// <summary>Encodes one vector.</summary>
    /// <typeparam name="T">
    /// Any fixed-width value without references, 1 to 61 bytes wide: 1, 2, 4 and 8 bytes get every codec, others
    /// constant, LZ4 or raw.
    /// </typeparam>
    /// <param name="values">1 to 1,024 values.</param>
    /// <param name="destination">Room for <see cref="MaxEncodedBytes"/>.</param>
    /// <returns>Bytes written, header included.</returns>
    /// <exception cref="TickStoreException">InvalidArgument: no values, too many, or too little room.</exception>
    public static int Encode<T>(ReadOnlySpan<T> values, Span<byte> destination)
        where T : unmanaged
    {
        _ = TryEncode(values, CodecId.None, destination, out int encodedBytes);
        return encodedBytes;
    }

    /// <summary>As <see cref="Encode{T}(ReadOnlySpan{T}, Span{byte})"/>, appended to a writer.</summary>
    /// <param name="values">1 to 1,024 values.</param>
    /// <param name="writer">Advanced by the bytes written.</param>
    /// <returns>Bytes written, header included.</returns>
    public static int Encode<T>(ReadOnlySpan<T> values, IBufferWriter<byte> writer)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(writer);
        CodecErrors.CheckCount(values.Length);
        int encodedBytes = Encode(values, writer.GetSpan(MaxEncodedBytes(values.Length, Unsafe.SizeOf<T>())));
        writer.Advance(encodedBytes);
        return encodedBytes;
    }

    /// <summary>Encodes one vector with a given codec, for tests and measurements.</summary>
    /// <param name="values">1 to 1,024 values.</param>
    /// <param name="codec">The codec, or none to choose.</param>
    /// <param name="destination">
    /// A forced codec may need more than raw values do; four times that always suffices.
    /// </param>
    /// <param name="encodedBytes">Bytes written, header included.</param>
    /// <returns>False if the codec cannot hold these values (constant: they differ) or this type.</returns>
    public static bool TryEncode<T>(ReadOnlySpan<T> values, CodecId codec, Span<byte> destination, out int encodedBytes)
        where T : unmanaged
    {
        CodecErrors.CheckCount(values.Length);
        int elementBytes = Unsafe.SizeOf<T>();
        CodecErrors.CheckElement(elementBytes);
        ReadOnlySpan<byte> raw = MemoryMarshal.AsBytes(values);
        bool isFloatingPoint = typeof(T) == typeof(double) || typeof(T) == typeof(float);
        var target = new FixedTarget(raw, values.Length, elementBytes, isFloatingPoint, destination);
        encodedBytes = elementBytes switch
        {
            8 => target.EncodeLanes(MemoryMarshal.Cast<T, long>(values), codec),
            4 => target.EncodeLanes(MemoryMarshal.Cast<T, int>(values), codec),
            1 or 2 => EncodeNarrow(values, target, codec),
            _ => target.EncodeBytes(codec),
        };
        return encodedBytes > 0;
    }

    /// <summary>Encodes one vector of strings.</summary>
    /// <param name="offsets">
    /// Number of strings + 1 ascending byte positions in <paramref name="utf8"/>; string i is the bytes from offset i
    /// to offset i + 1. The first need not be 0.
    /// </param>
    /// <param name="utf8">The strings' bytes; any bytes, they are not checked to be UTF-8.</param>
    /// <param name="destination">Room for <see cref="MaxEncodedStringBytes"/>.</param>
    /// <returns>Bytes written, header included.</returns>
    /// <exception cref="TickStoreException">
    /// InvalidArgument: counts or offsets out of range, or too little room.
    /// </exception>
    public static int EncodeStrings(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        _ = TryEncodeStrings(offsets, utf8, CodecId.None, destination, out int encodedBytes);
        return encodedBytes;
    }

    /// <summary>
    /// As <see cref="EncodeStrings(ReadOnlySpan{int}, ReadOnlySpan{byte}, Span{byte})"/>, appended to a writer.
    /// </summary>
    /// <param name="offsets">Number of strings + 1 ascending byte positions.</param>
    /// <param name="utf8">The strings' bytes.</param>
    /// <param name="writer">Advanced by the bytes written.</param>
    /// <returns>Bytes written, header included.</returns>
    public static int EncodeStrings(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> utf8, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        CodecErrors.CheckCount(offsets.Length - 1);
        Span<byte> destination = writer.GetSpan(MaxEncodedStringBytes(offsets.Length - 1, utf8.Length));
        int encodedBytes = EncodeStrings(offsets, utf8, destination);
        writer.Advance(encodedBytes);
        return encodedBytes;
    }

    /// <summary>Encodes one vector of strings with a given codec, for tests and measurements.</summary>
    /// <param name="offsets">Number of strings + 1 ascending byte positions.</param>
    /// <param name="utf8">The strings' bytes.</param>
    /// <param name="codec">The codec, or none to choose.</param>
    /// <param name="destination">Twice <see cref="MaxEncodedStringBytes"/> always suffices.</param>
    /// <param name="encodedBytes">Bytes written, header included.</param>
    /// <returns>False if the codec cannot hold these strings.</returns>
    public static bool TryEncodeStrings(
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<byte> utf8,
        CodecId codec,
        Span<byte> destination,
        out int encodedBytes
    )
    {
        CodecErrors.CheckCount(offsets.Length - 1);
        encodedBytes = StringVectors.Encode(offsets, utf8, codec, destination);
        return encodedBytes > 0;
    }

    /// <summary>
    /// Values of 1 byte count as unsigned, of 2 bytes as signed; either way narrowing gives the bits back.
    /// </summary>
    [SkipLocalsInit]
    private static int EncodeNarrow<T>(ReadOnlySpan<T> values, in FixedTarget target, CodecId codec)
        where T : unmanaged
    {
        Span<int> lanes = stackalloc int[VectorHeader.CountMax];
        lanes = lanes[..values.Length];
        Widening.Widen(values, lanes);
        return target.EncodeLanes<int>(lanes, codec);
    }

    /// <summary>One vector on its way to its destination: what is common to all widths.</summary>
    private readonly ref struct FixedTarget(
        ReadOnlySpan<byte> raw,
        int count,
        int elementBytes,
        bool isFloatingPoint,
        Span<byte> destination
    )
    {
        private readonly ReadOnlySpan<byte> _raw = raw;
        private readonly Span<byte> _destination = destination;

        /// <summary>Returns the encoded size, or 0 if a forced codec does not fit.</summary>
        internal int EncodeLanes<T>(ReadOnlySpan<T> lanes, CodecId codec)
            where T : unmanaged, IBinaryInteger<T>
        {
            if (codec is CodecId.Constant or CodecId.Raw or CodecId.Lz4)
                return EncodeBytes(codec);
            LaneStatistics<T> statistics = LaneStatistics<T>.Of(lanes);
            if (codec == CodecId.None && statistics.RunCount == 1)
                return EncodeBytes(CodecId.Constant);
            LanePlan plan;
            CodecScope scope = VectorHeader.ScopeOf((byte)elementBytes);
            if (codec == CodecId.None)
            {
                codec = LaneChooser.Choose(lanes, statistics, elementBytes, isFloatingPoint, true, out plan);
                int laneBytes = TryEncodeLz4(plan.PayloadBytes, codec);
                if (laneBytes > 0)
                    return laneBytes;
                if (codec == CodecId.Raw)
                    return EncodeBytes(CodecId.Raw);
            }
            else
            {
                if (!CodecLedger.TryGet(codec, out CodecLedgerEntry entry) || (entry.Scope & scope) == 0)
                    return 0;
                plan = LaneCodecs.Plan(codec, lanes, statistics, LanePlan.NoBudget);
                if (plan.PayloadBytes == LanePlan.Unfit)
                    return 0;
            }
            Span<byte> payload = Payload(plan.PayloadBytes);
            int bitWidth = LaneCodecs.Encode(codec, lanes, statistics, plan, payload);
            return Finish(codec, bitWidth, payload.Length);
        }

        /// <summary>Codecs that see bytes only; returns 0 if a forced one does not fit.</summary>
        internal int EncodeBytes(CodecId codec)
        {
            if (codec is CodecId.None or CodecId.Constant && ConstantCodec.Fits(_raw, elementBytes))
            {
                ConstantCodec.Encode(_raw, Payload(elementBytes));
                return Finish(CodecId.Constant, 0, elementBytes);
            }
            switch (codec)
            {
                case CodecId.None:
                    int encodedBytes = TryEncodeLz4(_raw.Length, CodecId.Raw);
                    return encodedBytes > 0 ? encodedBytes : EncodeBytes(CodecId.Raw);
                case CodecId.Lz4:
                    int blockBytes = Lz4Codec.TryEncodeBlock(_raw, Payload(_raw.Length)[..^1]);
                    if (blockBytes > 0)
                        return Finish(CodecId.Lz4, Lz4Codec.FormBlock, blockBytes);
                    RawCodec.Encode(_raw, Payload(_raw.Length));
                    return Finish(CodecId.Lz4, Lz4Codec.FormRaw, _raw.Length);
                case CodecId.Raw:
                    RawCodec.Encode(_raw, Payload(_raw.Length));
                    return Finish(CodecId.Raw, 0, _raw.Length);
                default:
                    return 0;
            }
        }

        /// <summary>LZ4 is tried last, straight into the destination, and only where little else was gained.</summary>
        private int TryEncodeLz4(int bestBytes, CodecId best)
        {
            if (_raw.Length < 64 || bestBytes < _raw.Length / 2)
                return 0;
            int budgetBytes = Math.Min(
                LaneChooser.BudgetBytes(CodecId.Lz4, best, bestBytes),
                _destination.Length - VectorHeader.SizeInBytes
            );
            if (budgetBytes < 1)
                return 0;
            int blockBytes = Lz4Codec.TryEncodeBlock(_raw, _destination.Slice(VectorHeader.SizeInBytes, budgetBytes));
            return blockBytes > 0 ? Finish(CodecId.Lz4, Lz4Codec.FormBlock, blockBytes) : 0;
        }

        private Span<byte> Payload(int payloadBytes)
        {
            long encodedBytes = VectorHeader.SizeInBytes + (long)payloadBytes;
            if (_destination.Length < encodedBytes)
                CodecErrors.ThrowDestinationTooSmall(_destination.Length, encodedBytes);
            return _destination.Slice(VectorHeader.SizeInBytes, payloadBytes);
        }

        private int Finish(CodecId codec, int bitWidth, int payloadBytes)
        {
            new VectorHeader(codec, (byte)bitWidth, (byte)elementBytes, count, payloadBytes).Write(_destination);
            return VectorHeader.SizeInBytes + payloadBytes;
        }
    }
}
