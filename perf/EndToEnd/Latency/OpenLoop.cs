namespace TickStore.EndToEnd.Latency;

/// <summary>
/// Sends batches of ticks by a fixed schedule, on a thread of its own that spins until each is due. A batch that could not be sent in
/// time is sent at once, and its ticks are late from when they were due.
/// </summary>
internal static class OpenLoop
{
    /// <summary>Sends at a rate for a while, then waits until all is delivered.</summary>
    /// <param name="ticksPerSecond">The rate; infinite for as fast as the path takes them.</param>
    /// <param name="warmUp">Not measured.</param>
    /// <param name="measured">Measured, right behind the warm-up.</param>
    public static OpenLoopRun Run(
        ILatencyPath path,
        LatencySink sink,
        TickTape tape,
        double ticksPerSecond,
        TimeSpan warmUp,
        TimeSpan measured
    )
    {
        var run = default(OpenLoopRun);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                run = Send(path, sink, tape, ticksPerSecond, warmUp, measured);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        {
            Name = "ticks",
        };
        thread.Start();
        thread.Join();
        return failure is null ? run : throw new InvalidOperationException("A latency path failed", failure);
    }

    private static OpenLoopRun Send(
        ILatencyPath path,
        LatencySink sink,
        TickTape tape,
        double ticksPerSecond,
        TimeSpan warmUp,
        TimeSpan measured
    )
    {
        var nanosPerBatch = TickTape.BatchTicks * 1e9 / ticksPerSecond;
        var start = LatencyClock.Nanos();
        var end = start + (long)((warmUp + measured).TotalMilliseconds * 1e6);
        sink.RecordFromNanos = start + (long)(warmUp.TotalMilliseconds * 1e6);
        var isScheduled = !double.IsPositiveInfinity(ticksPerSecond);
        long batches = 0;
        while (true)
        {
            var now = LatencyClock.Nanos();
            var due = isScheduled ? start + (long)(batches * nanosPerBatch) : now;
            if (due >= end)
            {
                break;
            }

            while (now < due)
            {
                Thread.SpinWait(1);
                now = LatencyClock.Nanos();
            }

            path.Publish(tape.Next(due));
            batches++;
        }

        path.Drain();
        var drained = LatencyClock.Nanos();
        var ticks = batches * TickTape.BatchTicks;
        if (sink.DeliveredTicks != ticks)
        {
            throw new InvalidDataException($"{ticks} ticks were sent, and {sink.DeliveredTicks} arrived");
        }

        return new(ticks, (drained - start) / 1e9, TimeSpan.FromMicroseconds(Math.Max(0, drained - end) / 1000.0));
    }
}

/// <summary>What a run of the open loop did.</summary>
/// <param name="Ticks">Ticks sent and delivered.</param>
/// <param name="Seconds">From the first tick due to the last delivered.</param>
/// <param name="Overrun">How long after the schedule's end the last tick was delivered.</param>
internal readonly record struct OpenLoopRun(long Ticks, double Seconds, TimeSpan Overrun);
