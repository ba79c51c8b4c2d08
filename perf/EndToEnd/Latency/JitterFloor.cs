using TickStore.Streaming;

namespace TickStore.EndToEnd.Latency;

/// <summary>
/// How long a thread that only reads the clock is kept from it. Each gap counts by its length: a percentile tells in what gap at most a
/// moment picked at random lies, which no latency measured on the same machine can beat.
/// </summary>
internal static class JitterFloor
{
    public static LatencyHistogram Measure(TimeSpan duration)
    {
        var histogram = new LatencyHistogram();
        var thread = new Thread(() =>
        {
            var last = LatencyClock.Nanos();
            var end = last + (long)(duration.TotalMilliseconds * 1e6);
            while (last < end)
            {
                var now = LatencyClock.Nanos();
                histogram.Add(now - last, now - last);
                last = now;
            }
        });
        thread.Start();
        thread.Join();
        return histogram;
    }
}
