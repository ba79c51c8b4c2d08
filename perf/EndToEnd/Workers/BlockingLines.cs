using System.Collections.Concurrent;

namespace TickStore.EndToEnd.Workers;

/// <summary>
/// Lines read ahead on a thread of their own, so that the end of the input is noticed while a command runs.
/// </summary>
internal sealed class BlockingLines : IDisposable
{
    private readonly BlockingCollection<string> lines = [];

    public BlockingLines(TextReader input, Action onEnd)
    {
        var thread = new Thread(() =>
        {
            while (input.ReadLine() is { } line)
            {
                lines.Add(line);
            }

            lines.CompleteAdding();
            onEnd();
        })
        {
            IsBackground = true,
        };
        thread.Start();
    }

    /// <summary>The next line, or null at the end.</summary>
    public string? Next() => lines.TryTake(out var line, Timeout.Infinite) ? line : null;

    public void Dispose() => lines.Dispose();
}
