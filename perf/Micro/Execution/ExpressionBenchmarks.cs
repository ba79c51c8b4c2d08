using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// The vectorised interpreter of expressions beside a loop that does the same in one pass, written by hand: what
/// compiling a pipeline to machine code could reach at best. Per row, 16 batches of 1,024 rows a call.
/// </summary>
[PerWidth, SameAnswers]
[Measures("TickStore.Execution.ExpressionEvaluator", "TickStore.Execution.PredicateEvaluator")]
public class ExpressionBenchmarks
{
    private const int BatchCount = 16;
    private const int Rows = BatchCount * Batch.VectorRows;
    private const long MinuteNanos = 60_000_000_000;

    private readonly Batch[] batches =
    [
        .. Enumerable.Range(0, BatchCount).Select(i => MarketTable.Arrival.View(i * Batch.VectorRows)),
    ];

    private readonly ExpressionEvaluator notional = new(
        Build.Call("*", Build.Column(MarketTable.PriceColumn), Build.Column(MarketTable.SizeColumn)),
        Build.Context
    );

    private readonly PredicateEvaluator isLarge = new(
        Build.And(
            Build.Call(">", Build.Column(MarketTable.PriceColumn), Build.Constant(MarketTable.PriceType, 2000)),
            Build.Call(">=", Build.Column(MarketTable.SizeColumn), Build.Constant(DataType.Int, 500))
        ),
        Build.Context
    );

    private readonly ExpressionEvaluator minute = new(
        Build.Call(
            "time_bucket",
            new ConstantExpression(ConstantValue.Of(Interval.OfNanos(MinuteNanos))),
            Build.Column(MarketTable.TimeColumn)
        ),
        Build.Context
    );

    private readonly ExpressionEvaluator deviation = new(
        Build.Call(
            "/",
            Build.Call(
                "-",
                Build.Column(MarketTable.PriceDoubleColumn),
                new ConstantExpression(ConstantValue.Of(DataType.Double, 20.0))
            ),
            Build.Column(MarketTable.PriceDoubleColumn)
        ),
        Build.Context
    );

    private readonly Selection selection = new();
    private readonly int[] rows = new int[Batch.VectorRows + 1];
    private readonly long[] longs = new long[Batch.VectorRows];
    private readonly double[] doubles = new double[Batch.VectorRows];

    /// <summary>One pass, checked.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("px * qty"), BytesPerValue(12)]
    public long NotionalFused()
    {
        var last = 0L;
        foreach (var batch in batches)
        {
            var prices = batch[MarketTable.PriceColumn].Values<long>();
            var sizes = batch[MarketTable.SizeColumn].Values<int>();
            for (var i = 0; i < longs.Length; i++)
            {
                longs[i] = checked(prices[i] * sizes[i]);
            }

            last += longs[^1];
        }

        return last;
    }

    /// <summary>The interpreter.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("px * qty"), BytesPerValue(12)]
    public long NotionalInterpreted()
    {
        var last = 0L;
        foreach (var batch in batches)
        {
            last += notional.Evaluate(batch).Values<long>()[^1];
        }

        return last;
    }

    /// <summary>One pass, without a branch.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("px > c AND qty >= d, selected")]
    [BytesPerValue(12)]
    public int FilterFused()
    {
        var selected = 0;
        foreach (var batch in batches)
        {
            var prices = batch[MarketTable.PriceColumn].Values<long>();
            var sizes = batch[MarketTable.SizeColumn].Values<int>();
            var count = 0;
            for (var i = 0; i < Batch.VectorRows; i++)
            {
                rows[count] = i;
                count += prices[i] > 2000 & sizes[i] >= 500 ? 1 : 0;
            }

            selected += count;
        }

        return selected;
    }

    /// <summary>The interpreter.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("px > c AND qty >= d, selected"), BytesPerValue(12)]
    public int FilterInterpreted()
    {
        var selected = 0;
        foreach (var batch in batches)
        {
            isLarge.Select(batch, selection);
            selected += selection.Count;
        }

        return selected;
    }

    /// <summary>One pass: a division by a constant, which compilers turn into a multiplication.</summary>
    [
        Benchmark(Baseline = true, OperationsPerInvoke = Rows),
        BenchmarkCategory("time_bucket(1m, ts)"),
        BytesPerValue(8)
    ]
    public long BucketFused()
    {
        var last = 0L;
        foreach (var batch in batches)
        {
            var times = batch[MarketTable.TimeColumn].Values<long>();
            for (var i = 0; i < longs.Length; i++)
            {
                longs[i] = times[i] - (times[i] % MinuteNanos);
            }

            last ^= longs[^1];
        }

        return last;
    }

    /// <summary>The interpreter.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("time_bucket(1m, ts)"), BytesPerValue(8)]
    public long BucketInterpreted()
    {
        var last = 0L;
        foreach (var batch in batches)
        {
            last ^= minute.Evaluate(batch).Values<long>()[^1];
        }

        return last;
    }

    /// <summary>One pass.</summary>
    [
        Benchmark(Baseline = true, OperationsPerInvoke = Rows),
        BenchmarkCategory("(d - c) / d (DOUBLE)"),
        BytesPerValue(8)
    ]
    public double DeviationFused()
    {
        var last = 0.0;
        foreach (var batch in batches)
        {
            var prices = batch[MarketTable.PriceDoubleColumn].Values<double>();
            for (var i = 0; i < doubles.Length; i++)
            {
                doubles[i] = (prices[i] - 20.0) / prices[i];
            }

            last += doubles[^1];
        }

        return last;
    }

    /// <summary>The interpreter.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("(d - c) / d (DOUBLE)"), BytesPerValue(8)]
    public double DeviationInterpreted()
    {
        var last = 0.0;
        foreach (var batch in batches)
        {
            last += deviation.Evaluate(batch).Values<double>()[^1];
        }

        return last;
    }
}
