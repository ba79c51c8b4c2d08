using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Constant;
using TickStore.Codecs.Raw;

namespace TickStore.Codecs;

/// <summary>
/// A vector of lanes inside the payload of another, header and all: what a codec that maps values to better integers
/// hands them to. An inner vector never holds an inner vector, so decoding cannot recurse.
/// </summary>
internal static class InnerVector
{
    /// <summary>Chooses the inner codec and gives the plan of the outer one.</summary>
    /// <param name="lanes">The mapped lanes.</param>
    /// <param name="outerBytes">What the outer payload holds besides the inner vector.</param>
    /// <param name="parameter">Kept for the outer codec.</param>
    internal static LanePlan Plan<T>(ReadOnlySpan<T> lanes, int outerBytes, long parameter)
        where T : unmanaged, IBinaryInteger<T>
    {
        LaneStatistics<T> statistics = LaneStatistics<T>.Of(lanes);
        CodecId inner = CodecId.Constant;
        var plan = new LanePlan(Unsafe.SizeOf<T>());
        if (statistics.RunCount > 1)
            inner = LaneChooser.Choose(lanes, statistics, Unsafe.SizeOf<T>(), false, false, out plan);
        int payloadBytes = outerBytes + VectorHeader.SizeInBytes + plan.PayloadBytes;
        return new LanePlan(payloadBytes, plan.Patches, inner, plan.PayloadBytes, parameter)
        {
            InnerParameter = plan.Parameter,
        };
    }

    /// <summary>Writes the inner vector that the outer plan describes.</summary>
    /// <returns>Bytes written.</returns>
    internal static int Encode<T>(ReadOnlySpan<T> lanes, in LanePlan outer, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<byte> payload = destination.Slice(VectorHeader.SizeInBytes, outer.InnerBytes);
        int bitWidth = 0;
        switch (outer.Inner)
        {
            case CodecId.Constant:
                ConstantCodec.Encode(MemoryMarshal.AsBytes(lanes), payload);
                break;
            case CodecId.Raw:
                RawCodec.Encode(MemoryMarshal.AsBytes(lanes), payload);
                break;
            default:
                var plan = new LanePlan(outer.InnerBytes, outer.Patches, Parameter: outer.InnerParameter);
                bitWidth = LaneCodecs.Encode(outer.Inner, lanes, LaneStatistics<T>.Of(lanes), plan, payload);
                break;
        }
        var header = new VectorHeader(
            outer.Inner,
            (byte)bitWidth,
            (byte)Unsafe.SizeOf<T>(),
            lanes.Length,
            outer.InnerBytes
        );
        header.Write(destination);
        return header.EncodedBytes;
    }

    /// <summary>Decodes the inner vector at the start of <paramref name="source"/>.</summary>
    /// <returns>Bytes it took.</returns>
    internal static int Decode<T>(ReadOnlySpan<byte> source, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        VectorHeader header = VectorHeader.Read(source, lanes.Length, (byte)Unsafe.SizeOf<T>());
        ReadOnlySpan<byte> payload = header.Payload(source);
        switch (header.Codec)
        {
            case CodecId.Constant:
                ConstantCodec.Decode(payload, lanes);
                break;
            case CodecId.Raw:
                RawCodec.Decode(payload, MemoryMarshal.AsBytes(lanes));
                break;
            case CodecId.Lz4 or CodecId.Scaled or CodecId.DecimalGrid:
                CodecErrors.ThrowCorrupt(header.Codec, "nesting depth", 2, 1);
                break;
            default:
                LaneCodecs.Decode(header.Codec, payload, header.BitWidth, lanes);
                break;
        }
        return header.EncodedBytes;
    }
}
