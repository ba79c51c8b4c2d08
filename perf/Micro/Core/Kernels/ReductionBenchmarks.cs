using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Core.Kernels;

/// <summary>Sums and extremes of a run, beside loops, per value.</summary>
[PerWidth, SameAnswers]
[Measures("TickStore.Core.RunKernels", "TickStore.Core.ValueBounds")]
public class ReductionBenchmarks
{
    private readonly long[] prices = KernelData.Take(rows => rows.Prices);
    private readonly double[] doubles = KernelData.Take(rows => rows.PriceDoubles);
    private readonly int[] sizes = KernelData.Take(rows => rows.Sizes);

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("sum BIGINT")]
    [BytesPerValue(sizeof(long))]
    public Int128 SumLongScalar()
    {
        Int128 sum = 0;
        foreach (var price in prices)
        {
            sum += price;
        }

        return sum;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("sum BIGINT")]
    [BytesPerValue(sizeof(long))]
    public Int128 SumLongKernel() => RunKernels.Sum(prices);

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("sum INT")]
    [BytesPerValue(sizeof(int))]
    public long SumIntScalar()
    {
        var sum = 0L;
        foreach (var size in sizes)
        {
            sum += size;
        }

        return sum;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("sum INT")]
    [BytesPerValue(sizeof(int))]
    public long SumIntKernel() => RunKernels.Sum(sizes);

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("min BIGINT")]
    [BytesPerValue(sizeof(long))]
    public long MinimumLongScalar()
    {
        var least = prices[0];
        foreach (var price in prices)
        {
            least = Math.Min(least, price);
        }

        return least;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("min BIGINT")]
    [BytesPerValue(sizeof(long))]
    public long MinimumLongKernel() => RunKernels.Minimum<long>(prices);

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("max DOUBLE")]
    [BytesPerValue(sizeof(double))]
    public double MaximumDoubleScalar()
    {
        var greatest = doubles[0];
        foreach (var price in doubles)
        {
            greatest = RunKernels.Maximum(greatest, price);
        }

        return greatest;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("max DOUBLE")]
    [BytesPerValue(sizeof(double))]
    public double MaximumDoubleKernel() => RunKernels.Maximum<double>(doubles);

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("bounds BIGINT")]
    [BytesPerValue(sizeof(long))]
    public (long Min, long Max) BoundsScalar()
    {
        var (least, greatest) = (prices[0], prices[0]);
        foreach (var price in prices)
        {
            least = Math.Min(least, price);
            greatest = Math.Max(greatest, price);
        }

        return (least, greatest);
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("bounds BIGINT")]
    [BytesPerValue(sizeof(long))]
    public (long Min, long Max) BoundsKernel() => ValueBounds.Of<long>(prices);
}
