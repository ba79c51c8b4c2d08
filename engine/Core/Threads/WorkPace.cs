using System.Diagnostics;

namespace TickStore.Core;

/// <summary>
/// How a thread of the background lets others in: it calls <see cref="Step"/> between short pieces of its work, and gives up its core there
/// ten thousand times a second, for as long as others want it.
/// </summary>
/// <remarks>
/// A low priority is not enough. Linux (EEVDF; traced on 6.18) may find that a thread which just woke has had more than its share, lets the
/// one of the lowest priority go on, and looks again at its next timer tick: up to 4 ms later. Yielding makes it look again.
/// </remarks>
public static class WorkPace
{
    private static readonly long TicksPerPiece = Stopwatch.Frequency / 10_000;

    [ThreadStatic]
    private static long nextYield;

    /// <summary>True where the calling thread yields.</summary>
    public static bool IsEntered => nextYield != 0;

    /// <summary>From now on the calling thread yields, for the rest of its life.</summary>
    public static void Enter() => nextYield = Stopwatch.GetTimestamp() + TicksPerPiece;

    /// <summary>
    /// Yields if the calling thread is one that does and its piece of time is over. Costs some nanoseconds otherwise: call it for each
    /// vector or each batch of rows, not for each row. Nobody may wait for a lock that the caller holds.
    /// </summary>
    public static void Step()
    {
        if (nextYield != 0)
        {
            YieldIfDue();
        }
    }

    private static void YieldIfDue()
    {
        if (Stopwatch.GetTimestamp() >= nextYield)
        {
            _ = Thread.Yield();
            nextYield = Stopwatch.GetTimestamp() + TicksPerPiece;
        }
    }
}
