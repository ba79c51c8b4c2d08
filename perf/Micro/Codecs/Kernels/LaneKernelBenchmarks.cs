using BenchmarkDotNet.Attributes;
using TickStore.Codecs;
using TickStore.Codecs.Kernels;
using TickStore.Micro.Core.Kernels;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Codecs.Kernels;

/// <summary>Differences, running sums, widening, patches and bit streams, beside loops, per value.</summary>
[PerWidth, SameAnswers, BytesPerValue(sizeof(long))]
[Measures(
    "TickStore.Codecs.Kernels.Differences",
    "TickStore.Codecs.Kernels.Widening",
    "TickStore.Codecs.Kernels.PatchedBits",
    "TickStore.Codecs.Kernels.PatchPlan",
    "TickStore.Codecs.Kernels.BitWriter",
    "TickStore.Codecs.Kernels.BitReader"
)]
public class LaneKernelBenchmarks
{
    private const int Rows = VectorColumn.VectorRows;

    private readonly long[] times = KernelData.Take(rows => rows.Times)[..Rows];
    private readonly long[] offsets = new long[Rows];
    private readonly byte[] sides = KernelData.Take(rows => rows.Sides)[..Rows];
    private readonly long[] target = new long[Rows];
    private readonly int[] lanes = new int[Rows];
    private readonly byte[] stream = new byte[Rows * sizeof(long)];
    private readonly byte[] patched;
    private readonly PatchPlan plan;

    /// <summary>Plans the patches: lot sizes have the heavy tail that patches are for.</summary>
    public LaneKernelBenchmarks()
    {
        var sizes = KernelData.Take(rows => rows.Sizes);
        for (var i = 0; i < Rows; i++)
        {
            offsets[i] = sizes[i] / 100;
        }

        plan = PatchedBits.Plan<long>(offsets);
        patched = new byte[plan.Bytes];
        PatchedBits.Encode(offsets, plan, patched);
        WriteFields();
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("differences")]
    public long SubtractScalar()
    {
        target[0] = 0;
        for (var i = 1; i < times.Length; i++)
        {
            target[i] = times[i] - times[i - 1] - 7;
        }

        return target[Rows / 2];
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("differences")]
    public long SubtractKernel()
    {
        Differences.Subtract(times, 7L, target);
        return target[Rows / 2];
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("offsets")]
    public long FromOriginScalar()
    {
        for (var i = 0; i < times.Length; i++)
        {
            target[i] = times[i] - 1_675_215_000_000_000_000;
        }

        return target[Rows / 2];
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("offsets")]
    public long FromOriginKernel()
    {
        Differences.FromOrigin(times, 1_675_215_000_000_000_000, target);
        return target[Rows / 2];
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("running sum")]
    public long RunningSumScalar()
    {
        offsets.CopyTo(target, 0);
        var sum = 3L;
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = sum += target[i];
        }

        return target[^1];
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("running sum")]
    public long RunningSumKernel()
    {
        offsets.CopyTo(target, 0);
        Differences.RunningSum(target.AsSpan(), 3L);
        return target[^1];
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("bytes to lanes and back")]
    [BytesPerValue(1)]
    public int WidenScalar()
    {
        for (var i = 0; i < sides.Length; i++)
        {
            lanes[i] = sides[i];
        }

        for (var i = 0; i < sides.Length; i++)
        {
            stream[i] = (byte)lanes[i];
        }

        return stream[Rows / 2] + lanes[^1];
    }

    /// <summary>The kernels.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("bytes to lanes and back")]
    [BytesPerValue(1)]
    public int WidenKernel()
    {
        Widening.Widen<byte>(sides, lanes);
        Widening.Narrow(lanes, stream.AsSpan(0, Rows));
        return stream[Rows / 2] + lanes[^1];
    }

    /// <summary>The bound of patched bits.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("patched bits")]
    public long PatchedMemcpy()
    {
        offsets.CopyTo(target, 0);
        return target[Rows / 2];
    }

    /// <summary>Unpacks and patches.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("patched bits")]
    public long PatchedDecode()
    {
        PatchedBits.Decode(patched, 0L, plan.Width, target.AsSpan(), CodecId.ForBitPack);
        return target[Rows / 2];
    }

    /// <summary>Plans by a histogram of widths, and writes.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("patched bits")]
    public long PatchedPlanAndEncode()
    {
        PatchedBits.Encode(offsets, PatchedBits.Plan<long>(offsets), patched);
        return offsets[Rows / 2];
    }

    /// <summary>Fields of 13 bits, written.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("bit stream, write")]
    public int WriteFields()
    {
        var writer = new BitWriter(stream);
        for (var i = 0; i < Rows; i++)
        {
            writer.Write((ulong)i, 13);
        }

        writer.Flush();
        return stream[0];
    }

    /// <summary>Fields of 13 bits, written and read.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("bit stream, write and read")]
    public ulong WriteAndReadFields()
    {
        _ = WriteFields();
        var reader = new BitReader(stream);
        var sum = 0UL;
        for (var i = 0; i < Rows; i++)
        {
            sum += reader.Read(13);
        }

        return sum;
    }
}
