namespace TickStore.Tests.Streaming.Law;

/// <summary>Views on views, and when views tell of their changes.</summary>
internal static partial class LawViews
{
    // Rows that came at most 5 s later than the lateness of 2 s allows, by a window over all rows before.
    private const string UpTo5Seconds =
        "SELECT ts, sym, px, qty FROM (SELECT ts, sym, px, qty, _late AS late, max(ts) OVER (ORDER BY _seq ROWS BETWEEN UNBOUNDED "
        + "PRECEDING AND 1 PRECEDING) AS newest FROM trades) w WHERE NOT late OR ts >= newest - INTERVAL '7 seconds'";

    private static readonly LawView Seconds = new(
        "chain_1s",
        "SELECT sym, first(px) AS o, max(px) AS h, min(px) AS l, last(px) AS c, sum(qty) AS v FROM trades SAMPLE BY 1s GROUP BY sym"
    );

    private static readonly LawView Minutes = new(
        "chain_1m",
        "SELECT sym, first(o) AS o, max(h) AS h, min(l) AS l, last(c) AS c, sum(v) AS v FROM chain_1s SAMPLE BY 1m GROUP BY sym"
    )
    {
        On = [Seconds],
    };

    private static readonly LawView FiveMinutes = new(
        "chain_5m",
        "SELECT sym, first(o) AS o, max(h) AS h, min(l) AS l, last(c) AS c, sum(v) AS v FROM chain_1m SAMPLE BY 5m GROUP BY sym"
    )
    {
        On = [Minutes],
    };

    private static readonly LawView Big = new("on_filtered", "SELECT ts, sym, px, qty FROM trades WHERE qty > 300");

    /// <summary>Views on views.</summary>
    public static readonly LawView[] OnViews =
    [
        Seconds,
        Minutes,
        FiveMinutes,
        new(
            "chain_1d",
            "SELECT sym, first(o) AS o, max(h) AS h, min(l) AS l, last(c) AS c, sum(v) AS v FROM chain_5m SAMPLE BY 1d GROUP BY sym"
        )
        {
            On = [FiveMinutes],
        },
        Big,
        new("on_rows", "SELECT sym, px * 2 AS twice FROM on_filtered WHERE px > 1") { On = [Big] },
        new("on_rows_grouped", "SELECT sym, count(*) AS n, last(px) AS c, avg(px) AS a FROM on_filtered GROUP BY sym")
        {
            On = [Big],
        },
        new("on_groups_filtered", "SELECT sym, h - l AS range FROM chain_1m WHERE v > 1000") { On = [Minutes] },
        new("on_groups_grouped", "SELECT o, count(*) AS n, sum(v) AS v FROM chain_5m GROUP BY o")
        {
            On = [FiveMinutes],
        },
    ];

    /// <summary>When changes are told.</summary>
    public static readonly LawView[] Emits =
    [
        new("emit_change", "SELECT sym, count(*) AS n FROM trades SAMPLE BY 30s GROUP BY sym")
        {
            Clauses = "EMIT ON CHANGE",
        },
        new("emit_close", "SELECT sym, count(*) AS n, last(px) AS c FROM trades SAMPLE BY 1m GROUP BY sym")
        {
            Clauses = "EMIT ON WINDOW CLOSE",
            Contents =
                "SELECT sym, n, c, bar_open, bar_close FROM (SELECT sym, count(*) AS n, last(px) AS c, bar_open, bar_close, is_final AS f "
                + "FROM trades SAMPLE BY 1m GROUP BY sym) b WHERE f",
        },
        new("emit_every", "SELECT sym, count(*) AS n FROM trades SAMPLE BY 1m GROUP BY sym")
        {
            Clauses = "EMIT EVERY 10s",
            HoldsChanges = true,
        },
        new("from_time", "SELECT ts, sym, px FROM trades")
        {
            Clauses = "BACKFILL FROM TIMESTAMP '2023-02-02 00:00:00'",
            Contents = "SELECT ts, sym, px FROM trades WHERE ts >= TIMESTAMP '2023-02-02 00:00:00'",
        },
        new("reject_late", "SELECT sym, count(*) AS n, sum(qty) AS q FROM trades SAMPLE BY 1m GROUP BY sym")
        {
            Clauses = "ON LATE REJECT",
            Contents = "SELECT sym, count(*) AS n, sum(qty) AS q FROM trades WHERE NOT _late SAMPLE BY 1m GROUP BY sym",
        },
        new(
            "correct_until",
            "SELECT sym, count(*) AS n, sum(qty) AS q, last(px) AS c FROM trades SAMPLE BY 1m GROUP BY sym"
        )
        {
            Clauses = "ON LATE CORRECT UNTIL INTERVAL '5 seconds' THEN REJECT",
            Contents =
                "SELECT sym, count(*) AS n, sum(qty) AS q, last(px) AS c FROM ("
                + UpTo5Seconds
                + ") t SAMPLE BY 1m GROUP BY sym",
        },
        new(
            "correct_until_rows",
            "SELECT ts, sym, px, avg(px) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS m FROM trades"
        )
        {
            Clauses = "ON LATE CORRECT UNTIL 5s THEN REJECT",
            Contents =
                "SELECT ts, sym, px, avg(px) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS m FROM ("
                + UpTo5Seconds
                + ") t",
        },
    ];
}
