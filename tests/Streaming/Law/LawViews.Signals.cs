namespace TickStore.Tests.Streaming.Law;

/// <content>Indices and alerts.</content>
internal static partial class LawViews
{
    /// <summary>Indices: members and divisors change while prices come, and some of all come late.</summary>
    public static readonly LawView[] Indices =
    [
        new("index_ticks", string.Empty)
        {
            Statement = "CREATE INDEX VIEW index_ticks MEMBERS members WEIGHT w PRICE px FROM trades DIVISOR divisors",
        },
        new("index_seconds", string.Empty)
        {
            HoldsChanges = true,
            Statement =
                "CREATE INDEX VIEW index_seconds MEMBERS members WEIGHT w PRICE px FROM trades DIVISOR divisor FROM divisors EMIT EVERY 10s",
        },
        new("index_in_time", string.Empty)
        {
            Statement =
                "CREATE INDEX VIEW index_in_time MEMBERS members WEIGHT w PRICE bid FROM quotes DIVISOR divisors ON LATE REJECT",
        },
    ];

    /// <summary>Alerts: conditions that begin, hold and end, also by rows that come late and by the watermark alone.</summary>
    public static readonly LawView[] Alerts =
    [
        new("alert_each", string.Empty)
        {
            Statement = "CREATE ALERT alert_each AS SELECT sym, ts, px, qty FROM trades WHERE qty > 700 KEY (sym)",
        },
        new("alert_holds", string.Empty)
        {
            Statement =
                "CREATE ALERT alert_holds AS SELECT sym, ts, px FROM trades WHERE qty > 300 KEY (sym) FOR 5s REARM WHEN qty < 100",
        },
        new("alert_rate", string.Empty)
        {
            Statement =
                "CREATE ALERT alert_rate AS SELECT ts, side, note FROM trades WHERE px IS NOT NULL KEY (side) FOR 1s AT MOST 2 PER 10m",
        },
        new("alert_one", string.Empty)
        {
            Statement =
                "CREATE ALERT alert_one AS SELECT ts, bid, ask FROM quotes WHERE bid IS NULL OR bid > 0 FOR 2s AT MOST 1 PER 1h",
        },
        new("alert_bars", string.Empty)
        {
            Statement =
                "CREATE ALERT alert_bars AS SELECT sym, bar_open, sum(qty) AS v FROM trades SAMPLE BY 1m GROUP BY sym "
                + "HAVING sum(qty) > 1000 KEY (sym)",
        },
    ];
}
