using BenchmarkDotNet.Attributes;
using TickStore.Codecs;
using TickStore.Codecs.Kernels;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Codecs.Kernels;

/// <summary>Bit-packing of 64-bit lanes in both layouts, beside a memcpy of the unpacked values, per value.</summary>
[PerWidth, BytesPerValue(sizeof(long))]
[Measures(
    "TickStore.Codecs.Kernels.BitPacking",
    "TickStore.Codecs.Kernels.InterleavedBits",
    "TickStore.Codecs.Kernels.LinearBits",
    "TickStore.Codecs.Kernels.Lane"
)]
public class BitPackingBenchmarks
{
    // The longest vector that is no full one: it has the linear layout.
    private const int ShortRows = VectorColumn.VectorRows - 1;

    private readonly long[] values = new long[VectorColumn.VectorRows];
    private readonly long[] unpacked = new long[VectorColumn.VectorRows];
    private byte[] packed = [];
    private byte[] packedShort = [];

    /// <summary>Bits of a value: a side, a lot size, a price in a frame, a time in a frame.</summary>
    [Params(1, 7, 13, 37)]
    public int Bits { get; set; }

    /// <summary>Packs values of that width, and proves that they come back.</summary>
    [GlobalSetup]
    public void Pack()
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (long)(((ulong)i * 0x9E37_79B9_7F4A_7C15) >> (64 - Bits)) + 5;
        }

        packed = new byte[BitPacking.BytesFor(values.Length, Bits)];
        packedShort = new byte[BitPacking.BytesFor(ShortRows, Bits)];
        PackInterleaved();
        PackLinear();
        UnpackInterleaved();
        MustHold(values);
        Array.Clear(unpacked);
        UnpackLinear();
        MustHold(values.AsSpan(0, ShortRows));
    }

    /// <summary>The bound.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = VectorColumn.VectorRows)]
    public void Memcpy() => values.CopyTo(unpacked, 0);

    /// <summary>A full vector.</summary>
    [Benchmark(OperationsPerInvoke = VectorColumn.VectorRows)]
    public int PackInterleaved() => BitPacking.Pack<long>(values, 5, Bits, packed);

    /// <summary>A full vector.</summary>
    [Benchmark(OperationsPerInvoke = VectorColumn.VectorRows)]
    public void UnpackInterleaved() => BitPacking.Unpack(packed, 5L, Bits, unpacked, CodecId.ForBitPack);

    /// <summary>A short vector.</summary>
    [Benchmark(OperationsPerInvoke = ShortRows)]
    public int PackLinear() => BitPacking.Pack<long>(values.AsSpan(0, ShortRows), 5, Bits, packedShort);

    /// <summary>A short vector.</summary>
    [Benchmark(OperationsPerInvoke = ShortRows)]
    public void UnpackLinear() =>
        BitPacking.Unpack(packedShort, 5L, Bits, unpacked.AsSpan(0, ShortRows), CodecId.ForBitPack);

    /// <summary>One value in place.</summary>
    [Benchmark]
    public long UnpackOne() => BitPacking.UnpackOne(packed, 5L, Bits, values.Length, 777);

    /// <summary>The bits that each value needs, as the planner asks.</summary>
    [Benchmark(OperationsPerInvoke = VectorColumn.VectorRows)]
    public int LaneBitWidth()
    {
        var sum = 0;
        foreach (var value in values)
        {
            sum += Lane.BitWidth(value);
        }

        return sum;
    }

    private void MustHold(ReadOnlySpan<long> expected)
    {
        if (!expected.SequenceEqual(unpacked.AsSpan(0, expected.Length)))
        {
            throw new InvalidOperationException($"{Bits} bits did not come back");
        }
    }
}
