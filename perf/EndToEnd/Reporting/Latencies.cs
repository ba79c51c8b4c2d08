using System.Diagnostics;

namespace TickStore.EndToEnd.Reporting;

/// <summary>Times of single calls, all kept, so that percentiles are exact.</summary>
internal sealed class Latencies(int capacity)
{
    private readonly List<long> ticks = new(capacity);

    public void Add(long stopwatchTicks) => ticks.Add(stopwatchTicks);

    /// <summary>The smallest value that <paramref name="share"/> of the calls did not exceed, in microseconds.</summary>
    public double PercentileMicros(double share)
    {
        ticks.Sort();
        var index = Math.Clamp((int)Math.Ceiling(share * ticks.Count) - 1, 0, ticks.Count - 1);
        return ticks.Count == 0 ? 0 : ticks[index] * 1e6 / Stopwatch.Frequency;
    }
}
