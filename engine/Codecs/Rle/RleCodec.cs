using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Codecs.Rle;

/// <summary>
/// Runs of equal values: (length - 1) and (value - least value) of each run, both bit-packed.
/// <code>
///   u16 run count r | u8 length width | base (lane) | lengths [r] | values [r], header width
/// </code>
/// </summary>
internal sealed class RleCodec : ILaneCodec
{
    public static CodecId Id => CodecId.Rle;

    public static LanePlan Plan<T>(ReadOnlySpan<T> lanes, in LaneStatistics<T> statistics, int budgetBytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int runCount = statistics.RunCount;
        int valueWidth = Lane.BitWidth(statistics.Max - statistics.Min);
        // The least size, with lengths of no bits, rejects most vectors without a look at the runs.
        int fixedBytes = HeadBytes<T>() + BitPacking.BytesFor(runCount, valueWidth);
        if (fixedBytes > budgetBytes)
            return new LanePlan(LanePlan.Unfit);
        int longest = 0,
            begin = 0;
        for (int i = 1; i <= lanes.Length; i++)
        {
            if (i < lanes.Length && lanes[i] == lanes[i - 1])
                continue;
            longest = Math.Max(longest, i - begin);
            begin = i;
        }
        return new LanePlan(fixedBytes + BitPacking.BytesFor(runCount, Lane.BitWidth(longest - 1)));
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
        Span<int> lengths = stackalloc int[VectorHeader.CountMax];
        Span<T> values = stackalloc T[VectorHeader.CountMax];
        int runCount = 0,
            begin = 0,
            longest = 0;
        for (int i = 1; i <= lanes.Length; i++)
        {
            if (i < lanes.Length && lanes[i] == lanes[i - 1])
                continue;
            values[runCount] = lanes[begin];
            lengths[runCount++] = i - begin;
            longest = Math.Max(longest, i - begin);
            begin = i;
        }
        int lengthWidth = Lane.BitWidth(longest - 1),
            valueWidth = Lane.BitWidth(statistics.Max - statistics.Min);
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)runCount);
        payload[2] = (byte)lengthWidth;
        Lane.Write(payload[3..], statistics.Min);
        payload = payload[HeadBytes<T>()..];
        payload = payload[BitPacking.Pack<int>(lengths[..runCount], 1, lengthWidth, payload)..];
        _ = BitPacking.Pack(values[..runCount], statistics.Min, valueWidth, payload);
        return valueWidth;
    }

    [SkipLocalsInit]
    public static void Decode<T>(ReadOnlySpan<byte> payload, int bitWidth, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (payload.Length < HeadBytes<T>())
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, HeadBytes<T>());
        int runCount = BinaryPrimitives.ReadUInt16LittleEndian(payload),
            lengthWidth = payload[2];
        if (runCount < 1 || runCount > lanes.Length)
            CodecErrors.ThrowCorrupt(Id, "run count", runCount, lanes.Length);
        if (lengthWidth > 10)
            CodecErrors.ThrowCorrupt(Id, "run length width", lengthWidth, 10);
        T least = Lane.Read<T>(payload[3..]);
        payload = payload[HeadBytes<T>()..];
        int lengthBytes = BitPacking.BytesFor(runCount, lengthWidth);
        if (payload.Length < lengthBytes)
            CodecErrors.ThrowCorrupt(Id, "number of payload bytes", payload.Length, lengthBytes);

        Span<int> lengths = stackalloc int[VectorHeader.CountMax];
        Span<T> values = stackalloc T[VectorHeader.CountMax];
        lengths = lengths[..runCount];
        values = values[..runCount];
        BitPacking.Unpack(payload[..lengthBytes], 1, lengthWidth, lengths, Id);
        BitPacking.Unpack(payload[lengthBytes..], least, bitWidth, values, Id);
        Fill(lengths, values, lanes);
    }

    /// <summary>
    /// Writes the runs. Most runs of tick data are short, so each is begun with one whole register where the vector has
    /// room for it: what it writes past the run is overwritten by the next one.
    /// </summary>
    private static void Fill<T>(ReadOnlySpan<int> lengths, ReadOnlySpan<T> values, Span<T> lanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref T target = ref MemoryMarshal.GetReference(lanes);
        int position = 0;
        for (int run = 0; run < lengths.Length; run++)
        {
            // Lengths are 1 to 1,024 by their width, so the sum cannot overflow before it is seen to be too large.
            int length = lengths[run],
                room = lanes.Length - position;
            if (length > room)
                CodecErrors.ThrowCorrupt(Id, "sum of run lengths", position + length, lanes.Length);
            if (Vector256.IsHardwareAccelerated && room >= Vector256<T>.Count)
            {
                Vector256.Create(values[run]).StoreUnsafe(ref target, (nuint)position);
                if (length > Vector256<T>.Count)
                    lanes.Slice(position + Vector256<T>.Count, length - Vector256<T>.Count).Fill(values[run]);
            }
            else
            {
                lanes.Slice(position, length).Fill(values[run]);
            }
            position += length;
        }
        if (position != lanes.Length)
            CodecErrors.ThrowCorrupt(Id, "sum of run lengths", position, lanes.Length);
    }

    private static int HeadBytes<T>() => 3 + Unsafe.SizeOf<T>();
}
