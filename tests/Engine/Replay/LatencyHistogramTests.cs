// Proves that the histogram of latencies tells each percentile as its twin does, which keeps and sorts all values: never below it, above it
// by at most 1/128, exact where values are small and at the maximum. Values are spread over nine decades by a fixed seed.
using TickStore.Streaming;

namespace TickStore.Tests.Engine.Replay;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1];

    [Theory]
    [InlineData(100L)]
    [InlineData(100_000L)]
    [InlineData(1_000_000_000_000L)]
    public void A_percentile_is_that_of_all_values_sorted(long nanosMax)
    {
        var random = new Random(11);
        var histogram = new LatencyHistogram();
        var values = new long[20_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (long)Math.Pow(nanosMax, random.NextDouble());
            histogram.Add(values[i]);
        }

        Array.Sort(values);
        foreach (var share in Shares)
        {
            var exact = values[(int)Math.Ceiling(share * values.Length) - 1] / 1000.0;
            Assert.InRange(histogram.PercentileMicros(share), exact, exact * (1 + (1 / 128.0)));
        }

        Assert.Equal(values[^1], histogram.MaxNanos);
        Assert.Equal(values[^1] / 1000.0, histogram.PercentileMicros(1));
        Assert.Equal(values.Length, histogram.Total);
    }

    [Fact]
    public void Without_values_it_says_0_and_negative_ones_count_as_0()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.PercentileMicros(0.5));
        histogram.Add(-5, 3);
        Assert.Equal(3, histogram.Total);
        Assert.Equal(0, histogram.PercentileMicros(1));
    }
}
