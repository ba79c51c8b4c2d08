using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Core.Kernels;

/// <summary>Integer arithmetic that notices overflow, beside C#'s checked arithmetic, per row of BIGINT.</summary>
[PerWidth, SameAnswers, BytesPerValue(3 * sizeof(long))]
[Measures("TickStore.Core.CheckedArithmetic")]
public class ArithmeticBenchmarks
{
    private readonly long[] prices = KernelData.Take(rows => rows.Prices);
    private readonly long[] sizes = Array.ConvertAll(KernelData.Take(rows => rows.Sizes), size => (long)size);
    private readonly long[] result = new long[KernelData.VectorRows];

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("add")]
    public long AddScalar()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = checked(prices[start + i] + sizes[start + i]);
            }

            last ^= result[^1];
        }

        return last;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("add")]
    public long AddKernel()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            _ = CheckedArithmetic.TryAdd<long>(prices.AsSpan(start), sizes.AsSpan(start), result);
            last ^= result[^1];
        }

        return last;
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("subtract")]
    public long SubtractScalar()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = checked(prices[start + i] - sizes[start + i]);
            }

            last ^= result[^1];
        }

        return last;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("subtract")]
    public long SubtractKernel()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            _ = CheckedArithmetic.TrySubtract<long>(prices.AsSpan(start), sizes.AsSpan(start), result);
            last ^= result[^1];
        }

        return last;
    }

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("multiply")]
    public long MultiplyScalar()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = checked(prices[start + i] * sizes[start + i]);
            }

            last ^= result[^1];
        }

        return last;
    }

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("multiply")]
    public long MultiplyKernel()
    {
        var last = 0L;
        for (var start = 0; start < prices.Length; start += result.Length)
        {
            _ = CheckedArithmetic.TryMultiply(prices.AsSpan(start), sizes.AsSpan(start), result);
            last ^= result[^1];
        }

        return last;
    }
}
