// Proves: each kernel agrees to the bit with a slow twin written straight from docs/format/vector.md: one bit, one
// value at a time, for every width of both lanes. Which SIMD path runs is decided by the process; ForcedPathTests runs
// this class on all.
using System.Numerics;
using TickStore.Codecs;
using TickStore.Codecs.Choosing;
using TickStore.Codecs.Kernels;

namespace TickStore.Tests.Codecs;

public sealed class KernelTwinTests
{
    [Fact]
    public void Bits_of_32_bit_lanes_lie_where_the_format_says() => PackAllWidths<int>();

    [Fact]
    public void Bits_of_64_bit_lanes_lie_where_the_format_says() => PackAllWidths<long>();

    [Fact]
    public void Differences_and_running_sums_of_32_bit_lanes() => CheckSums<int>();

    [Fact]
    public void Differences_and_running_sums_of_64_bit_lanes() => CheckSums<long>();

    [Fact]
    public void Statistics_of_32_bit_lanes() => CheckStatistics<int>();

    [Fact]
    public void Statistics_of_64_bit_lanes() => CheckStatistics<long>();

    [Fact]
    public void Widening_and_narrowing_are_casts()
    {
        for (int count = 1; count <= 100; count++)
        {
            var random = new Random(count);
            var bytes = new byte[count];
            random.NextBytes(bytes);
            short[] shorts = Array.ConvertAll(bytes, b => (short)((b - 128) * 251));
            var lanes = new int[count];
            Widening.Widen<byte>(bytes, lanes);
            Assert.Equal(Array.ConvertAll(bytes, b => (int)b), lanes);
            Widening.Widen<short>(shorts, lanes);
            Assert.Equal(Array.ConvertAll(shorts, s => (int)s), lanes);
            for (int i = 0; i < count; i++)
                lanes[i] = random.Next(int.MinValue, int.MaxValue);
            Widening.Narrow<byte>(lanes, bytes);
            Assert.Equal(Array.ConvertAll(lanes, l => (byte)l), bytes);
            Widening.Narrow<short>(lanes, shorts);
            Assert.Equal(Array.ConvertAll(lanes, l => (short)l), shorts);
        }
    }

    private static void PackAllWidths<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        int laneBits = Lane.Bits<T>();
        foreach (int count in EdgeData.Counts)
        {
            for (int width = 0; width <= laneBits; width++)
            {
                var random = new Random((count * 100) + width);
                T bias = Next<T>(random);
                var values = new T[count];
                for (int i = 0; i < count; i++)
                    values[i] = bias + (Next<T>(random) & Lane.Mask<T>(width));
                var packed = new byte[BitPacking.BytesFor(count, width)];
                Assert.Equal(packed.Length, BitPacking.Pack(values, bias, width, packed));
                var expected = new byte[packed.Length];
                for (int i = 0; i < count; i++)
                {
                    for (int bit = 0; bit < width; bit++)
                    {
                        long place = PlaceOf(i, bit, width, count, laneBits);
                        bool set = !T.IsZero(((values[i] - bias) >>> bit) & T.One);
                        expected[place >> 3] |= (byte)((set ? 1 : 0) << (int)(place & 7));
                    }
                }
                Assert.Equal(expected, packed);

                var unpacked = new T[count];
                BitPacking.Unpack<T>(packed, bias, width, unpacked, CodecId.ForBitPack);
                Assert.Equal(values, unpacked);
                for (int i = 0; i < count; i += 13)
                    Assert.Equal(values[i], BitPacking.UnpackOne(packed, bias, width, count, i));
            }
        }
    }

    /// <summary>The format's rule: the bit's position in the packed bytes.</summary>
    private static long PlaceOf(int index, int bit, int width, int count, int laneBits)
    {
        if (count < 1024)
            return ((long)index * width) + bit;
        int lanes = 512 / laneBits,
            row = index / lanes,
            lane = index % lanes;
        int laneBit = (row * width) + bit;
        return (laneBit / laneBits * 512L) + (lane * laneBits) + (laneBit % laneBits);
    }

    private static void CheckSums<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int count = 1; count <= 1024; count += count < 70 ? 1 : 53)
        {
            var random = new Random(count);
            var values = new T[count];
            for (int i = 0; i < count; i++)
                values[i] = Next<T>(random);
            T bias = Next<T>(random);
            var differences = new T[count];
            Differences.Subtract(values, bias, differences);
            Assert.Equal(T.Zero, differences[0]);
            for (int i = 1; i < count; i++)
                Assert.Equal(values[i] - values[i - 1] - bias, differences[i]);

            Differences.FromOrigin(values, bias, differences);
            for (int i = 0; i < count; i++)
                Assert.Equal(values[i] - bias, differences[i]);

            T carry = Next<T>(random),
                sum = carry;
            T[] sums = [.. values];
            Differences.RunningSum<T>(sums, carry);
            for (int i = 0; i < count; i++)
                Assert.Equal(sum += values[i], sums[i]);
        }
    }

    private static void CheckStatistics<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach ((string name, T[] values) in EdgeData.All<T>())
        {
            T min = values[0],
                max = values[0];
            T deltaMin = values.Length > 1 ? values[1] - values[0] : T.Zero,
                deltaMax = deltaMin;
            int runCount = 1;
            for (int i = 1; i < values.Length; i++)
            {
                min = T.Min(min, values[i]);
                max = T.Max(max, values[i]);
                deltaMin = T.Min(deltaMin, values[i] - values[i - 1]);
                deltaMax = T.Max(deltaMax, values[i] - values[i - 1]);
                runCount += values[i] == values[i - 1] ? 0 : 1;
            }
            var expected = new LaneStatistics<T>(min, max, deltaMin, deltaMax, runCount);
            Assert.True(expected == LaneStatistics<T>.Of(values), name);
        }
    }

    private static T Next<T>(Random random)
        where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(random.NextInt64(long.MinValue, long.MaxValue) ^ random.Next());
}
