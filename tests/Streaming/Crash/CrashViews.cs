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

    /// <summary>Fires into <see cref="AlertTable"/>, and takes back what a late row breaks.</summary>
    public static readonly LawView Alert = new("k_alert", string.Empty)
    {
        Statement =
            "CREATE ALERT k_alert AS SELECT sym, ts, px, qty FROM trades WHERE qty > 600 KEY (sym) FOR 1s REARM WHEN qty < 400 INTO k_fired",
    };

    /// <summary>
    /// The views: rows as they come, groups that change for ever, bars, bars of bars, joins, functions with state, frames, an index, an alert.
    /// </summary>
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
        new(
            "k_asof",
            "SELECT t.ts, t.sym, t.px, q.bid, q.ask FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts"
        ),
        new(
            "k_band",
            "SELECT t.ts, t.sym, t.qty, o.lots FROM trades t LEFT JOIN orders o ON t.ord = o.id "
                + "AND t.ts BETWEEN o.ts AND o.ts + INTERVAL '1 minute'"
        ),
        new(
            "k_factors",
            "SELECT ts, sym, msum(deltas(px), 4) AS m, ema(mavg(px, 5), 3) AS e, tmavg(x, INTERVAL '10 seconds') AS a "
                + "FROM trades CONTEXT BY sym RESET EVERY 1h"
        ),
        new(
            "k_frames",
            "SELECT ts, sym, avg(px) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS a, "
                + "min(x) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS lo, "
                + "px - lag(px) OVER (PARTITION BY sym ORDER BY ts) AS d FROM trades"
        ),
        new("k_index", string.Empty)
        {
            Statement = "CREATE INDEX VIEW k_index MEMBERS members WEIGHT w PRICE px FROM trades DIVISOR divisors",
        },
        Alert,
    ];

    /// <summary>The table that the alert tells.</summary>
    public const string AlertTable = "k_fired";

    /// <summary>What subscribers follow: each view, a table, and the one that the alert tells.</summary>
    public static IEnumerable<string> Followed => [.. All.Select(v => v.Name), "quotes", AlertTable];

    /// <summary>Small, so that seals, checkpoints and compaction keep going.</summary>
    public static StorageOptions Storage =>
        new()
        {
            SealBytes = 256 << 10,
            LogSegmentBytes = 1 << 20,
            LogBytesMax = 4 << 20,
        };
}
