using System.Diagnostics;

namespace TickStore.EndToEnd.Suites;

/// <summary>Repeats what is short enough to be repeated.</summary>
internal static class Timing
{
    private const int Repeats = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Runs until the compiler's second tier has had its time, at least once, and then five times, or as often as fits into two seconds.
    /// </summary>
    /// <returns>What each run took, in seconds.</returns>
    public static double[] Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        do
        {
            action();
        } while (clock.Elapsed < WarmUp);

        var seconds = new List<double>(Repeats);
        clock.Restart();
        do
        {
            var before = clock.Elapsed;
            action();
            seconds.Add((clock.Elapsed - before).TotalSeconds);
        } while (seconds.Count < Repeats && clock.Elapsed < Budget);

        return [.. seconds];
    }

    /// <summary>What each run took, as rows a second.</summary>
    public static double[] RowsPerSecond(long rowCount, double[] seconds) =>
        Array.ConvertAll(seconds, s => rowCount / s);
}
