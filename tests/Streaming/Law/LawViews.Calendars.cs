namespace TickStore.Tests.Streaming.Law;

/// <summary>Definitions over calendars, and over the watermark: what is final, what came late, when it was known.</summary>
internal static partial class LawViews
{
    /// <summary>Bars of sessions; the market's times are those of Shanghai.</summary>
    public static readonly LawView[] Sessions =
    [
        new("session_bars", "SELECT sym, ohlcv(px, qty).* FROM trades SAMPLE BY 1m CALENDAR 'XSHG' GROUP BY sym"),
        new(
            "session_bars_placed",
            "SELECT sym, count(*) AS n, last(px) AS c FROM trades SAMPLE BY 7m CALENDAR 'XSHE' "
                + "(open_auction INTO OWN, close_auction INTO LAST, outside INTO NONE) CLOSED RIGHT MERGE SHORT LAST "
                + "LABEL CLOSE GROUP BY sym"
        ),
        new("session_days", "SELECT sym, sum(qty) AS q FROM trades SAMPLE BY 1d CALENDAR 'CFFEX' GROUP BY sym"),
        new("foreign_session", "SELECT sym, count(*) AS n FROM trades SAMPLE BY 1h CALENDAR 'XNYS' GROUP BY sym"),
        new(
            "zone_days",
            "SELECT sym, count(*) AS n FROM trades SAMPLE BY 1d TIME ZONE 'America/New_York' GROUP BY sym"
        ),
        new(
            "in_sessions",
            "SELECT ts, sym, trade_date(ts, 'XSHG') AS d FROM trades WHERE in_session(ts, 'XSHG') AND NOT in_session(ts, 'XNYS')"
        ),
    ];

    /// <summary>What bars say of themselves.</summary>
    public static readonly LawView[] Facts =
    [
        new(
            "trusted_bars",
            "SELECT sym, bar_open, bar_close, sum(qty) AS q, known_at, is_final, late_count FROM trades SAMPLE BY 1m GROUP BY sym"
        ),
        new(
            "final_bars",
            "SELECT * FROM (SELECT sym, bar_open, bar_close, sum(qty) AS q, last(note) AS n, is_final FROM "
                + "trades SAMPLE BY 10s GROUP BY sym) b "
                + "WHERE is_final"
        ),
        new(
            "open_bars",
            "SELECT * FROM (SELECT sym, bar_open, bar_close, sum(qty) AS q, is_final FROM trades SAMPLE BY 1m "
                + "CALENDAR 'XSHG' GROUP BY sym) b "
                + "WHERE NOT is_final"
        ),
        new(
            "final_right",
            "SELECT sym, bar_close, count(*) AS n, CASE WHEN is_final THEN 'final' ELSE 'open' END AS state FROM trades "
                + "SAMPLE BY 30s CLOSED RIGHT GROUP BY sym"
        ),
        new(
            "final_of_all",
            "SELECT bar_open, count(*) AS n, is_final AND count(*) > 3 AS many, known_at FROM trades SAMPLE BY 1mo"
        ),
        new(
            "final_wider",
            "SELECT sym, count(*) AS bars, sum(q) AS q, is_final FROM (SELECT sym, sum(qty) AS q FROM trades SAMPLE BY 10s GROUP BY sym) b "
                + "SAMPLE BY 1m GROUP BY sym"
        ),
        new(
            "final_into_counts",
            "SELECT sym, count(*) AS n, count(*) FILTER (WHERE is_final) AS finals FROM "
                + "(SELECT sym, bar_open, is_final FROM trades SAMPLE BY 10s GROUP BY sym) b GROUP BY sym"
        ),
    ];

    /// <summary>Bars that come once they are closed.</summary>
    public static readonly LawView[] OnClose =
    [
        new(
            "closed_bars",
            "SELECT sym, bar_open, bar_close, sum(qty) AS q, last(px) AS c FROM trades SAMPLE BY 10s GROUP BY sym"
        )
        {
            Clauses = "EMIT ON WINDOW CLOSE",
            Contents =
                "SELECT sym, bar_open, bar_close, q, c FROM (SELECT sym, bar_open, bar_close, sum(qty) AS q, last(px) AS c, is_final "
                + "FROM trades SAMPLE BY 10s GROUP BY sym) b WHERE is_final",
        },
        new(
            "closed_session_bars",
            "SELECT sym, bar_open, bar_close, ohlcv(px, qty).* FROM trades SAMPLE BY 1m CALENDAR 'XSHG' GROUP BY sym"
        )
        {
            Clauses = "EMIT ON WINDOW CLOSE",
            Contents =
                "SELECT sym, bar_open, bar_close, open, high, low, close, volume, turnover, vwap, count FROM (SELECT sym, bar_open, "
                + "bar_close, ohlcv(px, qty).*, is_final FROM trades SAMPLE BY 1m CALENDAR 'XSHG' GROUP BY sym) b WHERE is_final",
        },
    ];
}
