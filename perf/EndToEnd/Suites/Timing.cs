using System.Diagnostics;

namespace TickStore.EndToEnd.Suites;

/// <summary>Repeats what is short enough to be repeated.</summary>
internal static class Timing
{
    private const int Repeats = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);

    /// <summary>
    /// Runs until the compiler's second tier has had its time, at least once, and then several times. Returns the median in seconds.
    /// </summary>
    public static double MedianSeconds(Action action)
    {
        var started = Stopwatch.StartNew();
        do
        {
            action();
        }
        while (started.Elapsed < WarmUp);

        var seconds = new double[Repeats];
        for (var i = 0; i < Repeats; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            seconds[i] = clock.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Repeats / 2];
    }
}
