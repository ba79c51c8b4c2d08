using System.Diagnostics;

namespace TickStore.EndToEnd.Suites;

/// <summary>Repeats what is short enough to be repeated.</summary>
internal static class Timing
{
    private const int Repeats = 5;

    /// <summary>
    /// Counts CPU time of all threads instead of the wall clock: for a look at one-threaded figures on a machine that is
    /// busy with something else. Never for results that are kept.
    /// </summary>
    public static bool ByCpuTime { get; set; }

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
        } while (started.Elapsed < WarmUp);

        var seconds = new double[Repeats];
        for (var i = 0; i < Repeats; i++)
        {
            seconds[i] = Seconds(action);
        }

        Array.Sort(seconds);
        return seconds[Repeats / 2];
    }

    /// <summary>What one call takes.</summary>
    public static double Seconds(Action action)
    {
        using var process = ByCpuTime ? Process.GetCurrentProcess() : null;
        var cpuBefore = process?.TotalProcessorTime ?? default;
        var clock = Stopwatch.StartNew();
        action();
        process?.Refresh();
        return process is null ? clock.Elapsed.TotalSeconds : (process.TotalProcessorTime - cpuBefore).TotalSeconds;
    }
}
