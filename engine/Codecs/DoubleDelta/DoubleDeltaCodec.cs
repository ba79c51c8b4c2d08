using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.DoubleDelta;

/// <summary>
/// Differences of differences minus the least one, bit-packed with patches. Slots 0 and 1 hold none and are packed as
/// 0.
/// <code>
///   first value (lane) | first difference (lane) | least second difference (lane) | patched bits, header width
/// </code>
/// </summary>
internal sealed class DoubleDeltaCodec : ILaneCodec
{
    public static CodecId Id => CodecId.DoubleDelta;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        _ = Offsets(lanes, offsets);
        PatchPlan patches = PatchedBits.Plan<T>(offsets);
        return new LanePlan((3 * Unsafe.SizeOf<T>()) + patches.Bytes, patches);
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
        T least = Offsets(lanes, offsets);
        int laneBytes = Unsafe.SizeOf<T>();
        Lane.Write(payload, lanes[0]);
        Lane.Write(payload[laneBytes..], lanes.Length > 1 ? lanes[1] - lanes[0] : T.Zero);
        Lane.Write(payload[(2 * laneBytes)..], least);
        PatchedBits.Encode<T>(offsets, plan.Patches, payload[(3 * laneBytes)..]);
        return plan.Patches.Width;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBytes = Unsafe.SizeOf<T>();
        if (payload.Length < 3 * laneBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, 3 * laneBytes);
        T first = Lane.Read<T>(payload),
            firstDelta = Lane.Read<T>(payload[laneBytes..]);
        T least = Lane.Read<T>(payload[(2 * laneBytes)..]);
        PatchedBits.Decode(payload[(3 * laneBytes)..], least, bitWidth, lanes, Id);
        // Slots 0 and 1 came out as the least second difference. The first carry makes difference 1 the stored one,
        // which leaves (firstDelta - least) in slot 0; the second carry takes that back.
        Differences.RunningSum(lanes, firstDelta - least - least);
        Differences.RunningSum(lanes, first - firstDelta + least);
    }

    /// <summary>Fills the offsets and returns the least second difference, 0 if there is none.</summary>
    [SkipLocalsInit]
    private static T Offsets<T>(ReadOnlySpan<T> lanes, Span<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (lanes.Length < 3)
        {
            offsets.Clear();
            return T.Zero;
        }
        Span<T> deltas = stackalloc T[VectorHeader.CountMax];
        deltas = deltas[..lanes.Length];
        Differences.Subtract(lanes, T.Zero, deltas);
        Differences.Subtract(deltas[1..], T.Zero, offsets[1..]);
        T least = LaneStatistics<T>.Of(offsets[2..]).Min;
        Differences.Subtract(deltas[1..], least, offsets[1..]);
        offsets[0] = T.Zero;
        return least;
    }
}
