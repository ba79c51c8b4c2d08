namespace TickStore.Streaming;

/// <summary>
/// Maps recorded time to wall time: an anchor pair, and a multiple. A change of speed or a pause moves the anchor, so that
/// recorded time never jumps.
/// </summary>
internal sealed class ReplayPacer(TimeProvider clock)
{
    private readonly double nanosPerStamp = 1e9 / clock.TimestampFrequency;
    private long anchorStamp;
    private long anchorTime;
    private double multiple;

    /// <summary>From now on, recorded time <paramref name="time"/> is due now, and runs at this multiple.</summary>
    public void Anchor(long time, double newMultiple)
    {
        anchorStamp = clock.GetTimestamp();
        anchorTime = time;
        multiple = newMultiple;
    }

    /// <summary>The recorded time that is due now.</summary>
    public long DueTime()
    {
        var elapsedNanos = (clock.GetTimestamp() - anchorStamp) * nanosPerStamp;
        var due = anchorTime + (elapsedNanos * multiple);
        return due >= long.MaxValue ? long.MaxValue : (long)due;
    }

    /// <summary>Nanoseconds of wall time until a recorded time is due; negative once it is past.</summary>
    public double NanosUntil(long time) =>
        ((time - (double)anchorTime) / multiple) - ((clock.GetTimestamp() - anchorStamp) * nanosPerStamp);
}
