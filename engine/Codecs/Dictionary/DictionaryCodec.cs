using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Dictionary;

/// <summary>
/// The vector's distinct values, ascending, and a code for each value. Made for doubles that take few prices and for
/// sizes and codes far apart; entries are themselves packed as offsets from the least.
/// <code>
///   u16 entry count k | u8 entry width | base (lane) | entries [k], packed | codes [count], header width
/// </code>
/// </summary>
internal sealed class DictionaryCodec : ILaneCodec
{
    public static CodecId Id => CodecId.Dictionary;

    [SkipLocalsInit]
    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int entryWidth = Lane.BitWidth(statistics.Max - statistics.Min);
        // The most entries that still fit the budget; the hash pass stops when it meets one more.
        int low = 0,
            high = lanes.Length;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (Bytes<T>(lanes.Length, middle, entryWidth) <= budgetBytes)
                low = middle;
            else
                high = middle - 1;
        }
        Span<T> entries = stackalloc T[VectorHeader.CountMax];
        Span<int> codes = stackalloc int[VectorHeader.CountMax];
        int entryCount = DistinctValues.Collect(lanes, entries[..low], codes);
        return new LanePlan(entryCount < 0 ? LanePlan.Unfit : Bytes<T>(lanes.Length, entryCount, entryWidth));
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
        Span<T> entries = stackalloc T[VectorHeader.CountMax];
        Span<int> codes = stackalloc int[VectorHeader.CountMax];
        Span<int> arrivals = stackalloc int[VectorHeader.CountMax];
        Span<int> ranks = stackalloc int[VectorHeader.CountMax];
        int entryCount = DistinctValues.Collect(lanes, entries, codes);
        entries = entries[..entryCount];
        arrivals = arrivals[..entryCount];
        for (int i = 0; i < arrivals.Length; i++)
            arrivals[i] = i;
        entries.Sort(arrivals);
        for (int rank = 0; rank < arrivals.Length; rank++)
            ranks[arrivals[rank]] = rank;
        codes = codes[..lanes.Length];
        foreach (ref int code in codes)
            code = ranks[code];

        int entryWidth = Lane.BitWidth(statistics.Max - statistics.Min),
            codeWidth = Lane.BitWidth(entryCount - 1);
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)entryCount);
        payload[2] = (byte)entryWidth;
        Lane.Write(payload[3..], statistics.Min);
        payload = payload[HeadBytes<T>()..];
        payload = payload[BitPacking.Pack(entries, statistics.Min, entryWidth, payload)..];
        _ = BitPacking.Pack<int>(codes, 0, codeWidth, payload);
        return codeWidth;
    }

    [SkipLocalsInit]
    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int entryCount, int entryWidth, T least) = ReadHead<T>(payload, lanes.Length);
        payload = payload[HeadBytes<T>()..];
        int entryBytes = BitPacking.BytesFor(entryCount, entryWidth);

        Span<T> entries = stackalloc T[VectorHeader.CountMax];
        Span<int> codes = stackalloc int[VectorHeader.CountMax];
        entries = entries[..entryCount];
        codes = codes[..lanes.Length];
        BitPacking.Unpack(payload[..entryBytes], least, entryWidth, entries, Id);
        BitPacking.Unpack(payload[entryBytes..], 0, bitWidth, codes, Id);
        LookUp(codes, entries, lanes);
    }

    /// <summary>One value without the others: its code, and that entry.</summary>
    internal static T Fetch<T>(ReadOnlySpan<byte> payload, int bitWidth, int count, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int entryCount, int entryWidth, T least) = ReadHead<T>(payload, count);
        payload = payload[HeadBytes<T>()..];
        int entryBytes = BitPacking.BytesFor(entryCount, entryWidth);
        int codeBytes = BitPacking.BytesFor(count, bitWidth);
        if (bitWidth > Lane.Bits<int>())
            CodecErrors.ThrowCorrupt(Id, "bit width", bitWidth, Lane.Bits<int>());
        if (payload.Length - entryBytes != codeBytes)
            CodecErrors.ThrowCorrupt(Id, "number of packed bytes", payload.Length - entryBytes, codeBytes);
        int code = BitPacking.UnpackOne(payload[entryBytes..], 0, bitWidth, count, index);
        if ((uint)code >= (uint)entryCount)
            CodecErrors.ThrowCorrupt(Id, "code", code, entryCount - 1);
        return BitPacking.UnpackOne(payload[..entryBytes], least, entryWidth, entryCount, code);
    }

    /// <summary>Reads and checks the fields before the entries, and that the entries' bytes are there.</summary>
    private static (int EntryCount, int EntryWidth, T Least) ReadHead<T>(ReadOnlySpan<byte> payload, int count)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (payload.Length < HeadBytes<T>())
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, HeadBytes<T>());
        int entryCount = BinaryPrimitives.ReadUInt16LittleEndian(payload),
            entryWidth = payload[2];
        if (entryCount < 1 || entryCount > count)
            CodecErrors.ThrowCorrupt(Id, "entry count", entryCount, count);
        if (entryWidth > Lane.Bits<T>())
            CodecErrors.ThrowCorrupt(Id, "entry width", entryWidth, Lane.Bits<T>());
        int entryBytes = BitPacking.BytesFor(entryCount, entryWidth);
        if (payload.Length - HeadBytes<T>() < entryBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, HeadBytes<T>() + entryBytes);
        return (entryCount, entryWidth, Lane.Read<T>(payload[3..]));
    }

    private static void LookUp<T>(ReadOnlySpan<int> codes, ReadOnlySpan<T> entries, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < lanes.Length; i++)
        {
            int code = codes[i];
            if ((uint)code >= (uint)entries.Length)
                CodecErrors.ThrowCorrupt(Id, "code", code, entries.Length - 1);
            lanes[i] = entries[code];
        }
    }

    private static int Bytes<T>(int count, int entryCount, int entryWidth) =>
        HeadBytes<T>()
        + BitPacking.BytesFor(entryCount, entryWidth)
        + BitPacking.BytesFor(count, Lane.BitWidth(entryCount - 1));

    private static int HeadBytes<T>() => 3 + Unsafe.SizeOf<T>();
}
