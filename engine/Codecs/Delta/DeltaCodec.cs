using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Delta;

/// <summary>
/// Differences of neighbours minus a base (rather than zigzag: ticks mostly move one way), bit-packed with patches. The
/// base is the least difference; or the least that is not negative, where a few fall, as times do where a vector goes
/// from one symbol to the next: these wrap around to large offsets and are patched. Slot 0 holds no difference and is
/// packed as 0, so that a full vector stays full.
/// <code>
///   first value (lane) | base (lane) | patched bits, header width
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
        T origin = statistics.DeltaMin;
        Differences.Subtract(lanes, origin, offsets);
        PatchPlan patches = PatchedBits.Plan<T>(offsets);
        if (T.IsNegative(origin) && TryFindLeastRise(lanes, out T rise))
        {
            Differences.Subtract(lanes, rise, offsets);
            PatchPlan ofRises = PatchedBits.Plan<T>(offsets);
            if (ofRises.Bytes < patches.Bytes)
                (origin, patches) = (rise, ofRises);
        }
        int payloadBytes = (2 * Unsafe.SizeOf<T>()) + patches.Bytes;
        return new LanePlan(payloadBytes, patches, Parameter: long.CreateTruncating(origin));
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
        T origin = T.CreateTruncating(plan.Parameter);
        Differences.Subtract(lanes, origin, offsets);
        Lane.Write(payload, lanes[0]);
        Lane.Write(payload[Unsafe.SizeOf<T>()..], origin);
        PatchedBits.Encode<T>(offsets, plan.Patches, payload[(2 * Unsafe.SizeOf<T>())..]);
        return plan.Patches.Width;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int headBytes = 2 * Unsafe.SizeOf<T>();
        if (payload.Length < headBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, headBytes);
        T first = Lane.Read<T>(payload),
            origin = Lane.Read<T>(payload[Unsafe.SizeOf<T>()..]);
        PatchedBits.Decode(payload[headBytes..], origin, bitWidth, lanes, Id);
        // Slot 0 came out as the base; the carry takes it back.
        Differences.RunningSum(lanes, first - origin);
    }

    /// <summary>The least difference that is not negative; false where more fall than could be patched.</summary>
    private static bool TryFindLeastRise<T>(ReadOnlySpan<T> lanes, out T rise)
        where T : unmanaged, IBinaryInteger<T>
    {
        int fallsLeft = PatchedBits.PatchCountMaxOf(lanes.Length);
        bool isFound = false;
        rise = T.Zero;
        for (int i = 1; i < lanes.Length; i++)
        {
            T difference = lanes[i] - lanes[i - 1];
            if (T.IsNegative(difference))
            {
                if (--fallsLeft < 0)
                    return false;
            }
            else if (!isFound || difference < rise)
            {
                (rise, isFound) = (difference, true);
            }
        }
        return isFound;
    }
}
