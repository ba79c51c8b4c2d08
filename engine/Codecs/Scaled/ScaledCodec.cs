using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Scaled;

/// <summary>
/// Integers on a grid: value = base + divisor * n. Nanosecond columns filled by a 10 ms clock, sizes in lots of 100,
/// decimals of scale 8 with two digits used: what the divisor takes out, no bit-packing has to store.
/// <code>
///   base (lane) | divisor (lane, unsigned, not 0) | n: inner vector [count]
/// </code>
/// </summary>
internal sealed class ScaledCodec : ILaneCodec
{
    public static CodecId Id => CodecId.Scaled;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong divisor = CommonDivisor.Of(lanes, statistics.Min);
        // A divisor of 1 is the inner codec with more bytes around it.
        if (divisor == 1 && budgetBytes != LanePlan.NoBudget)
            return new LanePlan(LanePlan.Unfit);
        Span<T> quotients = stackalloc T[VectorHeader.CountMax];
        quotients = quotients[..lanes.Length];
        Divide(lanes, statistics.Min, divisor, quotients);
        return InnerVector.Plan<T>(quotients, 2 * Unsafe.SizeOf<T>(), (long)divisor);
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
        Span<T> quotients = stackalloc T[VectorHeader.CountMax];
        quotients = quotients[..lanes.Length];
        Divide(lanes, statistics.Min, (ulong)plan.Parameter, quotients);
        int laneBytes = Unsafe.SizeOf<T>();
        Lane.Write(payload, statistics.Min);
        Lane.Write(payload[laneBytes..], T.CreateTruncating(plan.Parameter));
        _ = InnerVector.Encode<T>(quotients, plan, payload[(2 * laneBytes)..]);
        return 0;
    }

    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int headBytes = 2 * Unsafe.SizeOf<T>();
        if (payload.Length < headBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, headBytes);
        T origin = Lane.Read<T>(payload),
            divisor = Lane.Read<T>(payload[Unsafe.SizeOf<T>()..]);
        if (T.IsZero(divisor))
            CodecErrors.ThrowCorrupt(Id, "divisor", 0, 1);
        payload = payload[headBytes..];
        int innerBytes = InnerVector.Decode(payload, lanes);
        if (innerBytes != payload.Length)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, innerBytes);
        MultiplyAdd(lanes, divisor, origin);
    }

    private static void MultiplyAdd<T>(Span<T> lanes, T factor, T addend)
        where T : unmanaged, IBinaryInteger<T>
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref T target = ref MemoryMarshal.GetReference(lanes);
            Vector512<T> factors = Vector512.Create(factor),
                addends = Vector512.Create(addend);
            for (; i <= lanes.Length - Vector512<T>.Count; i += Vector512<T>.Count)
                ((Vector512.LoadUnsafe(ref target, (nuint)i) * factors) + addends).StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < lanes.Length; i++)
            lanes[i] = (lanes[i] * factor) + addend;
    }

    private static void Divide<T>(ReadOnlySpan<T> lanes, T origin, ulong divisor, Span<T> quotients)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < lanes.Length; i++)
            quotients[i] = T.CreateTruncating(CommonDivisor.Unsigned(lanes[i] - origin) / divisor);
    }
}
