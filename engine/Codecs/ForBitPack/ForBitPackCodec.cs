using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
        Offsets(lanes, statistics.Min, offsets);
        PatchPlan patches = PatchedBits.Plan<T>(offsets);
        return new LanePlan(Unsafe.SizeOf<T>() + patches.Bytes, patches);
    }

    [SkipLocalsInit]
    public static int Encode<T>(
        ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, in LanePlan plan, Span<byte> payload)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        Offsets(lanes, statistics.Min, offsets);
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

    private static void Offsets<T>(ReadOnlySpan<T> lanes, T min, Span<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref T from = ref MemoryMarshal.GetReference(lanes);
            ref T to = ref MemoryMarshal.GetReference(offsets);
            Vector512<T> mins = Vector512.Create(min);
            for (; i <= Math.Min(lanes.Length, offsets.Length) - Vector512<T>.Count; i += Vector512<T>.Count)
                (Vector512.LoadUnsafe(ref from, (nuint)i) - mins).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < lanes.Length; i++)
            offsets[i] = lanes[i] - min;
    }
}
