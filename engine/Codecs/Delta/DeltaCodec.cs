using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Delta;

/// <summary>
/// Differences of neighbours minus the least difference (rather than zigzag: ticks mostly move one way), bit-packed
/// with patches. Slot 0 holds no difference and is packed as 0, so that a full vector stays full.
/// <code>
///   first value (lane) | least difference (lane) | patched bits, header width
/// </code>
/// </summary>
internal sealed class DeltaCodec : ILaneCodec
{
    public static CodecId Id => CodecId.Delta;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        Differences.Subtract(lanes, statistics.DeltaMin, offsets);
        PatchPlan patches = PatchedBits.Plan<T>(offsets);
        return new LanePlan((2 * Unsafe.SizeOf<T>()) + patches.Bytes, patches);
    }

    [SkipLocalsInit]
    public static int Encode<T>(
        ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, in LanePlan plan, Span<byte> payload)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        Differences.Subtract(lanes, statistics.DeltaMin, offsets);
        Lane.Write(payload, lanes[0]);
        Lane.Write(payload[Unsafe.SizeOf<T>()..], statistics.DeltaMin);
        PatchedBits.Encode<T>(offsets, plan.Patches, payload[(2 * Unsafe.SizeOf<T>())..]);
        return plan.Patches.Width;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int headBytes = 2 * Unsafe.SizeOf<T>();
        if (payload.Length < headBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, headBytes);
        T first = Lane.Read<T>(payload), deltaMin = Lane.Read<T>(payload[Unsafe.SizeOf<T>()..]);
        PatchedBits.Decode(payload[headBytes..], deltaMin, bitWidth, lanes, Id);
        // Slot 0 came out as the least difference; the carry takes it back.
        Differences.RunningSum(lanes, first - deltaMin);
    }
}
