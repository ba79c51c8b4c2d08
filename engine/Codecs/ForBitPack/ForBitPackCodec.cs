using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.ForBitPack;

/// <summary>
/// Frame of reference: the least value, and every value's offset from it, bit-packed with patches.
/// <code>
///   base (lane) | patched bits, header width
/// </code>
/// </summary>
internal sealed class ForBitPackCodec : ILaneCodec
{
    public static CodecId Id => CodecId.ForBitPack;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        Differences.FromOrigin(lanes, statistics.Min, offsets);
        PatchPlan patches = PatchedBits.Plan<T>(offsets);
        return new LanePlan(Unsafe.SizeOf<T>() + patches.Bytes, patches);
    }

    [SkipLocalsInit]
    public static int Encode<T>(
        ReadOnlySpan<T> lanes,
        in LaneStatistics<T> statistics,
        in LanePlan plan,
        Span<byte> payload
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        Differences.FromOrigin(lanes, statistics.Min, offsets);
        Lane.Write(payload, statistics.Min);
        PatchedBits.Encode<T>(offsets, plan.Patches, payload[Unsafe.SizeOf<T>()..]);
        return plan.Patches.Width;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (payload.Length < Unsafe.SizeOf<T>())
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, Unsafe.SizeOf<T>());
        PatchedBits.Decode(payload[Unsafe.SizeOf<T>()..], Lane.Read<T>(payload), bitWidth, lanes, Id);
    }

    /// <summary>One value without the others.</summary>
    internal static T Fetch<T>(ReadOnlySpan<byte> payload, int bitWidth, int count, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (payload.Length < Unsafe.SizeOf<T>())
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, Unsafe.SizeOf<T>());
        return PatchedBits.Fetch(payload[Unsafe.SizeOf<T>()..], Lane.Read<T>(payload), bitWidth, count, index, Id);
    }
}
