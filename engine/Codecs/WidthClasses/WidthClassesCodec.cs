using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.WidthClasses;

/// <summary>
/// Offsets in four classes of bit width: two selector bits a value say which class it is in, and the values of a class
/// are packed in a stream of their own, in order. For data whose sizes spread over magnitudes (gaps between events at
/// nanoseconds, trade sizes), where one width for all wastes most and patches would be too many.
/// <code>
///   u8 mode | first value or base (lane) | least difference (lane; 0 for offsets) | u8 width [4], ascending
///   | selectors: 2 bits [count], packed | values of class 0 | of class 1 | of class 2 | of class 3, packed
///   mode 0: offsets from the base          mode 1: differences minus the least, slot 0 packed as 0
/// </code>
/// </summary>
internal sealed class WidthClassesCodec : ILaneCodec
{
    private const int ModeOffsets = 0,
        ModeDifferences = 1,
        SelectorBits = 2;

    public static CodecId Id => CodecId.WidthClasses;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> offsets = stackalloc T[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        int best = int.MaxValue,
            bestMode = ModeOffsets;
        for (int mode = ModeOffsets; mode <= ModeDifferences; mode++)
        {
            Offsets(lanes, statistics, mode, offsets);
            int bytes =
                HeadBytes<T>()
                + BitPacking.BytesFor(lanes.Length, SelectorBits)
                + ClassWidths.Choose<T>(offsets).StreamBytes;
            if (bytes < best)
                (best, bestMode) = (bytes, mode);
        }
        return new LanePlan(best, Parameter: bestMode);
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
        Span<T> members = stackalloc T[VectorHeader.CountMax];
        Span<int> selectors = stackalloc int[VectorHeader.CountMax];
        offsets = offsets[..lanes.Length];
        selectors = selectors[..lanes.Length];
        var mode = (int)plan.Parameter;
        Offsets(lanes, statistics, mode, offsets);
        ClassWidths widths = ClassWidths.Choose<T>(offsets);
        int laneBytes = Unsafe.SizeOf<T>();
        payload[0] = (byte)mode;
        Lane.Write(payload[1..], mode == ModeOffsets ? statistics.Min : lanes[0]);
        Lane.Write(payload[(1 + laneBytes)..], mode == ModeOffsets ? T.Zero : statistics.DeltaMin);
        for (int c = 0; c < ClassWidths.ClassCount; c++)
            payload[1 + (2 * laneBytes) + c] = (byte)widths[c];
        for (int i = 0; i < selectors.Length; i++)
            selectors[i] = widths.ClassOf(Lane.BitWidth(offsets[i]));
        payload = payload[HeadBytes<T>()..];
        payload = payload[BitPacking.Pack<int>(selectors, 0, SelectorBits, payload)..];
        for (int c = 0; c < ClassWidths.ClassCount; c++)
        {
            int memberCount = 0;
            for (int i = 0; i < selectors.Length; i++)
            {
                // Written always, kept if the class is right: no branch to miss.
                members[memberCount] = offsets[i];
                memberCount += selectors[i] == c ? 1 : 0;
            }
            payload = payload[BitPacking.Pack(members[..memberCount], T.Zero, widths[c], payload)..];
        }
        return 0;
    }

    [SkipLocalsInit]
    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBytes = Unsafe.SizeOf<T>(),
            selectorBytes = BitPacking.BytesFor(lanes.Length, SelectorBits);
        if (payload.Length < HeadBytes<T>() + selectorBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, HeadBytes<T>() + selectorBytes);
        int mode = payload[0];
        if (mode > ModeDifferences)
            CodecErrors.ThrowCorrupt(Id, "mode", mode, ModeDifferences);
        T first = Lane.Read<T>(payload[1..]),
            least = Lane.Read<T>(payload[(1 + laneBytes)..]);
        ReadOnlySpan<byte> widths = payload.Slice(1 + (2 * laneBytes), ClassWidths.ClassCount);
        payload = payload[HeadBytes<T>()..];

        Span<int> selectors = stackalloc int[VectorHeader.CountMax];
        Span<T> members = stackalloc T[VectorHeader.CountMax];
        selectors = selectors[..lanes.Length];
        BitPacking.Unpack(payload[..selectorBytes], 0, SelectorBits, selectors, Id);
        payload = payload[selectorBytes..];
        // Four counters of 16 bits in one word: counting and merging then wait for an addition, not for memory.
        ulong counts = 0;
        foreach (int selector in selectors)
            counts += 1UL << (selector << 4);
        ulong positions = 0;
        int start = 0;
        T bias = mode == ModeOffsets ? first : least;
        for (int c = 0; c < ClassWidths.ClassCount; c++)
        {
            var memberCount = (int)((counts >> (c << 4)) & 0xFFFF);
            positions |= (ulong)start << (c << 4);
            if (widths[c] > Lane.Bits<T>())
                CodecErrors.ThrowCorrupt(Id, "bit width", widths[c], Lane.Bits<T>());
            int streamBytes = BitPacking.BytesFor(memberCount, widths[c]);
            if (streamBytes > payload.Length)
                CodecErrors.ThrowCorrupt(Id, "number of packed bytes", payload.Length, streamBytes);
            BitPacking.Unpack(payload[..streamBytes], bias, widths[c], members.Slice(start, memberCount), Id);
            payload = payload[streamBytes..];
            start += memberCount;
        }
        if (payload.Length != 0)
            CodecErrors.ThrowCorrupt(Id, "number of bytes after the last stream", payload.Length, 0);
        Merge<T>(selectors, members, positions, lanes);
        if (mode == ModeDifferences)
            Differences.RunningSum(lanes, first - least);
    }

    private static void Merge<T>(ReadOnlySpan<int> selectors, ReadOnlySpan<T> members, ulong positions, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < lanes.Length; i++)
        {
            int shift = selectors[i] << 4;
            lanes[i] = members[(int)((positions >> shift) & 0xFFFF)];
            positions += 1UL << shift;
        }
    }

    private static void Offsets<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int mode, Span<T> offsets)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (mode == ModeDifferences)
            Differences.Subtract(lanes, statistics.DeltaMin, offsets);
        else
            Differences.FromOrigin(lanes, statistics.Min, offsets);
    }

    private static int HeadBytes<T>() => 1 + (2 * Unsafe.SizeOf<T>()) + ClassWidths.ClassCount;
}
