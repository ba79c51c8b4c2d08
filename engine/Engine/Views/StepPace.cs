using System.Diagnostics;

namespace TickStore.Engine.Views;

/// <summary>
/// Watches how long views take out of commits. One slow step is nothing (a late row that reads history back); slow steps that take half of
/// a second's time mean that views do not keep up inline, and that those who commit should not wait for them any longer. Only times
/// are looked at here, never results.
/// </summary>
internal sealed class StepPace
{
    // A step may take that long, and that much more for each row: large commits are the producer's own choice.
    private static readonly long StepTicksMax = Stopwatch.Frequency / 500;
    private static readonly long RowTicksMax = Stopwatch.Frequency / 200_000;
    private static readonly long WindowTicks = Stopwatch.Frequency;

    private long windowStart;
    private long slowTicks;

    /// <summary>Sees a step that began at a time and ends now; true where views should step aside.</summary>
    public bool IsOver(long startedTimestamp, int rowCount)
    {
        var now = Stopwatch.GetTimestamp();
        var taken = now - startedTimestamp;
        if (taken < StepTicksMax + (rowCount * RowTicksMax))
        {
            return false;
        }

        if (now - windowStart > WindowTicks)
        {
            (windowStart, slowTicks) = (now, 0);
        }

        slowTicks += taken;
        if (slowTicks < WindowTicks / 2)
        {
            return false;
        }

        slowTicks = 0;
        return true;
    }
}
