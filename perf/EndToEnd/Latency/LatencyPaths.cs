using TickStore.EndToEnd.Latency.Paths;

namespace TickStore.EndToEnd.Latency;

/// <summary>What a path is made from.</summary>
/// <param name="Database">Open, with the table <see cref="TickTable"/> freshly made for this path.</param>
/// <param name="Table">Name of that table.</param>
/// <param name="Sink">Takes the deliveries.</param>
/// <param name="MayReaderSpin">True where a core is left for a thread of the path's own that spins beside the generator.</param>
internal sealed record PathSetting(TickDatabase Database, string Table, LatencySink Sink, bool MayReaderSpin);

/// <summary>The paths that are measured, by the names their metrics carry.</summary>
internal static class LatencyPaths
{
    public static readonly (string Name, Func<PathSetting, ILatencyPath> Open)[] All =
    [
        ("baseline.inline", s => new InlineBars(s)),
        ("commit", s => new VisibleCommits(s)),
        ("durable", s => new DurableCommits(s)),
        ("poll", s => new PollingReader(s)),
        ("view", s => new ViewBars(s)),
        ("view_queue", s => new QueuedBars(s, isDurable: false)),
        ("view_durable", s => new QueuedBars(s, isDurable: true)),
    ];
}
