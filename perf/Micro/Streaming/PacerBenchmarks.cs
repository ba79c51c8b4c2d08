using BenchmarkDotNet.Attributes;
using TickStore.Micro.Setup;
using TickStore.Streaming;

namespace TickStore.Micro.Streaming;

/// <summary>What a paced replay pays a block, beside one reading of the clock. Per call.</summary>
[NativeWidth]
[Measures("TickStore.Streaming.ReplayPacer", "TickStore.Streaming.LatencyHistogram")]
public class PacerBenchmarks
{
    private readonly ReplayPacer pacer = new(TimeProvider.System);
    private readonly LatencyHistogram lags = new();
    private long lagNanos;

    /// <summary>Starts the clock.</summary>
    [GlobalSetup]
    public void Anchor() => pacer.Anchor(1_675_215_000_000_000_000, 1);

    /// <summary>The bound.</summary>
    [Benchmark(Baseline = true)]
    public long ReadClock() => TimeProvider.System.GetTimestamp();

    /// <summary>Which rows are due.</summary>
    [Benchmark]
    public long DueTime() => pacer.DueTime();

    /// <summary>How long to wait.</summary>
    [Benchmark]
    public double NanosUntil() => pacer.NanosUntil(1_675_215_000_000_000_000);

    /// <summary>One lateness counted.</summary>
    [Benchmark]
    public void CountLag() => lags.Add(lagNanos += 997, 1);
}
