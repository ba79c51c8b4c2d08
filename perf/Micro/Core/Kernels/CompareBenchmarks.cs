using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Core.Kernels;

/// <summary>Comparisons that leave a flag a row, beside loops, per row compared.</summary>
[PerWidth, SameAnswers]
[Measures(
    "TickStore.Core.CompareDriver",
    "TickStore.Core.CompareFlags",
    "TickStore.Core.EqualKernel",
    "TickStore.Core.NotEqualKernel",
    "TickStore.Core.LessKernel",
    "TickStore.Core.LessOrEqualKernel"
)]
public class CompareBenchmarks
{
    private readonly long[] prices = KernelData.Take(rows => rows.Prices);
    private readonly double[] doubles = KernelData.Take(rows => rows.PriceDoubles);
    private readonly double[] averages = KernelData.Take(rows => rows.Averages);
    private readonly int[] sizes = KernelData.Take(rows => rows.Sizes);
    private readonly byte[] flags = new byte[KernelData.VectorRows];
    private readonly long medianPrice = MedianOf(KernelData.Take(rows => rows.Prices));

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price < c (BIGINT)")]
    [BytesPerValue(sizeof(long))]
    public int LessScalar() =>
        ForEachVector(
            this,
            static (self, start) =>
            {
                for (var i = 0; i < self.flags.Length; i++)
                {
                    self.flags[i] = self.prices[start + i] < self.medianPrice ? (byte)1 : (byte)0;
                }
            }
        );

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price < c (BIGINT)")]
    [BytesPerValue(sizeof(long))]
    public int LessDriver() =>
        ForEachVector(
            this,
            static (self, start) =>
                CompareDriver.CompareConstant<LessKernel, long>(
                    self.prices.AsSpan(start, KernelData.VectorRows),
                    self.medianPrice,
                    self.flags
                )
        );

    /// <summary>As a scan asks: and-ed onto flags.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price < c (BIGINT)")]
    [BytesPerValue(sizeof(long))]
    public int LessFlags() =>
        ForEachVector(
            this,
            static (self, start) =>
            {
                self.flags.AsSpan().Fill(1);
                CompareFlags.And(
                    self.prices.AsSpan(start, KernelData.VectorRows),
                    ScanOperator.Less,
                    self.medianPrice,
                    self.flags
                );
            }
        );

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("size = c (INT)")]
    [BytesPerValue(sizeof(int))]
    public int EqualScalar() =>
        ForEachVector(
            this,
            static (self, start) =>
            {
                for (var i = 0; i < self.flags.Length; i++)
                {
                    self.flags[i] = self.sizes[start + i] == 100 ? (byte)1 : (byte)0;
                }
            }
        );

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("size = c (INT)")]
    [BytesPerValue(sizeof(int))]
    public int EqualDriver() =>
        ForEachVector(
            this,
            static (self, start) =>
                CompareDriver.CompareConstant<EqualKernel, int>(
                    self.sizes.AsSpan(start, KernelData.VectorRows),
                    100,
                    self.flags
                )
        );

    /// <summary>The twin; NaN is greater than every number.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price <= average (DOUBLE)")]
    [BytesPerValue(2 * sizeof(double))]
    public int LessOrEqualScalar() =>
        ForEachVector(
            this,
            static (self, start) =>
            {
                for (var i = 0; i < self.flags.Length; i++)
                {
                    self.flags[i] = LessOrEqualKernel.Invoke(self.doubles[start + i], self.averages[start + i])
                        ? (byte)1
                        : (byte)0;
                }
            }
        );

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price <= average (DOUBLE)")]
    [BytesPerValue(2 * sizeof(double))]
    public int LessOrEqualDriver() =>
        ForEachVector(
            this,
            static (self, start) =>
                CompareDriver.Compare<LessOrEqualKernel, double>(
                    self.doubles.AsSpan(start),
                    self.averages.AsSpan(start),
                    self.flags
                )
        );

    /// <summary>The twin.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price <> average (DOUBLE)")]
    [BytesPerValue(2 * sizeof(double))]
    public int NotEqualScalar() =>
        ForEachVector(
            this,
            static (self, start) =>
            {
                for (var i = 0; i < self.flags.Length; i++)
                {
                    self.flags[i] = self.doubles[start + i].Equals(self.averages[start + i]) ? (byte)0 : (byte)1;
                }
            }
        );

    /// <summary>The kernel.</summary>
    [Benchmark(OperationsPerInvoke = KernelData.Rows), BenchmarkCategory("price <> average (DOUBLE)")]
    [BytesPerValue(2 * sizeof(double))]
    public int NotEqualDriver() =>
        ForEachVector(
            this,
            static (self, start) =>
                CompareDriver.Compare<NotEqualKernel, double>(
                    self.doubles.AsSpan(start),
                    self.averages.AsSpan(start),
                    self.flags
                )
        );

    private static int ForEachVector(CompareBenchmarks self, Action<CompareBenchmarks, int> compare)
    {
        var seen = 0;
        for (var start = 0; start < KernelData.Rows; start += KernelData.VectorRows)
        {
            compare(self, start);
            seen += self.flags[start / KernelData.VectorRows];
        }

        return seen;
    }

    private static long MedianOf(long[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
