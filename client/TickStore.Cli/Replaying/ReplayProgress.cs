using System.Diagnostics;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// One line on standard error that says where a replay is, a few times a second; nothing where that is no terminal.
/// </summary>
internal sealed class ReplayProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long rowCount;
    private long shownAt;
    private bool isShown;

    /// <summary>Counts a block, and shows the line if it is time to.</summary>
    public void Add(ReplayBlock block)
    {
        rowCount += block.RowCount;
        if (!Terminal.ShowsErrors || (isShown && Stopwatch.GetElapsedTime(shownAt) < Interval))
        {
            return;
        }

        isShown = true;
        shownAt = Stopwatch.GetTimestamp();
        Console.Error.Write($"\r{new TickTime(block.LastTime)}  {rowCount:N0} rows\e[K");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (isShown)
        {
            Console.Error.Write("\r\e[K");
        }
    }
}
