using TickStore.Streaming;

namespace TickStore.EndToEnd.Latency;

/// <summary>
/// Where a path says that ticks have reached their subscriber. Latency counts from the time at which the schedule meant a tick to be
/// sent, not from when a late generator got round to it: what waits behind a stall is late too. For one thread.
/// </summary>
internal sealed class LatencySink
{
    private readonly LatencyHistogram histogram = new();
    private long deliveredTicks;

    /// <summary>Ticks meant to be sent before this time are warm-up: counted as delivered, not measured.</summary>
    public long RecordFromNanos { get; set; } = long.MaxValue;

    /// <summary>What was measured.</summary>
    public LatencyHistogram Histogram => histogram;

    /// <summary>All ticks that arrived, warm-up included. From any thread.</summary>
    public long DeliveredTicks => Volatile.Read(ref deliveredTicks);

    /// <summary>Ticks of one batch are with the subscriber now.</summary>
    public void Delivered(long intendedNanos, int count) => Deliver(intendedNanos, LatencyClock.Nanos(), count);

    /// <summary>Ticks of several batches are with the subscriber now.</summary>
    public void Delivered(ReadOnlySpan<long> intendedNanos)
    {
        var now = LatencyClock.Nanos();
        foreach (var intended in intendedNanos)
        {
            Deliver(intended, now, 1);
        }
    }

    private void Deliver(long intendedNanos, long now, int count)
    {
        if (intendedNanos >= RecordFromNanos)
        {
            histogram.Add(now - intendedNanos, count);
        }

        Volatile.Write(ref deliveredTicks, deliveredTicks + count);
    }
}
