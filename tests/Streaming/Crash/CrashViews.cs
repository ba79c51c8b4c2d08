using TickStore.Storage;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>What the crash campaign keeps up and follows.</summary>
internal static class CrashViews
{
    private static readonly LawView Minutes = new(
        "k_1m",
        "SELECT sym, first(px) AS o, max(px) AS h, min(px) AS l, last(px) AS c, sum(qty) AS v FROM trades SAMPLE BY 1m GROUP BY sym"
    );

    /// <summary>The views: rows as they come, groups that change for ever, bars, bars of bars.</summary>
    public static readonly LawView[] All =
    [
        new("k_rows", "SELECT ts, sym, px, qty FROM trades WHERE qty > 300"),
        new(
            "k_totals",
            "SELECT sym, count(*) AS n, sum(qty) AS q, last(px) AS c, stddev(x) AS s FROM trades GROUP BY sym"
        ),
        Minutes,
        new(
            "k_1h",
            "SELECT sym, first(o) AS o, max(h) AS h, min(l) AS l, last(c) AS c, sum(v) AS v FROM k_1m SAMPLE BY 1h GROUP BY sym"
        )
        {
            On = [Minutes],
        },
    ];

    /// <summary>What subscribers follow: each view, and a table.</summary>
    public static IEnumerable<string> Followed => [.. All.Select(v => v.Name), "quotes"];

    /// <summary>Small, so that seals, checkpoints and compaction keep going.</summary>
    public static StorageOptions Storage =>
        new()
        {
            SealBytes = 256 << 10,
            LogSegmentBytes = 1 << 20,
            LogBytesMax = 4 << 20,
        };
}
