namespace TickStore.EndToEnd.Latency;

/// <summary>
/// The largest rate that a path keeps up with. Ticks sent without a schedule show what it takes at most; then fixed schedules at shares
/// of that are tried, from the top down, until one ends without a backlog.
/// </summary>
internal static class Saturation
{
    private static readonly double[] Shares = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.35, 0.2, 0.1];

    /// <summary>A schedule is kept if its last tick arrives that soon after its end.</summary>
    private static readonly TimeSpan OverrunMax = TimeSpan.FromMilliseconds(10);

    /// <summary>Ticks a second; 0 where even a tenth of the unscheduled rate left a backlog.</summary>
    /// <param name="run">Runs a new path of the same kind at a rate.</param>
    public static double Find(Func<double, OpenLoopRun> run)
    {
        var flatOut = run(double.PositiveInfinity);
        var atMost = flatOut.Ticks / flatOut.Seconds;
        foreach (var share in Shares)
        {
            if (run(atMost * share).Overrun <= OverrunMax)
            {
                return atMost * share;
            }
        }

        return 0;
    }
}
