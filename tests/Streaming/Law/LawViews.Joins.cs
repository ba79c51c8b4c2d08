namespace TickStore.Tests.Streaming.Law;

/// <summary>Definitions over several tables.</summary>
internal static partial class LawViews
{
    /// <summary>Joins; every side triggers.</summary>
    public static readonly LawView[] Joins =
    [
        new(
            "asof_left",
            "SELECT t.ts, t.sym, t.px, q.bid, q.ask FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts"
        ),
        new(
            "asof_inner",
            "SELECT t.ts, t.sym, t.px, q.bid FROM trades t ASOF JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts"
        ),
        new(
            "asof_tolerance",
            "SELECT t.ts, t.sym, q.bid, q.ts AS qts FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts "
                + "TOLERANCE INTERVAL '2 seconds'"
        ),
        new(
            "asof_strict",
            "SELECT t.ts, t.sym, q.ask FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts > q.ts"
        ),
        new(
            "asof_forward",
            "SELECT t.ts, t.sym, q.ts AS qts, q.bid FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts <= q.ts "
                + "TOLERANCE INTERVAL '3 seconds'"
        ),
        new(
            "asof_forward_strict",
            "SELECT t.ts, t.sym, q.ask FROM trades t ASOF JOIN quotes q ON t.sym = q.sym AND t.ts < q.ts TOLERANCE INTERVAL '10 minutes'"
        ),
        new(
            "asof_nearest",
            "SELECT t.ts, t.sym, q.ts AS qts, q.bid FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts "
                + "NEAREST TOLERANCE INTERVAL '5 seconds'"
        ),
        new(
            "asof_nearest_strict",
            "SELECT t.ts, t.sym, o.id FROM trades t ASOF JOIN orders o ON t.sym = o.sym AND t.ts > o.ts NEAREST TOLERANCE INTERVAL '2 minutes'"
        ),
        new(
            "asof_no_key",
            "SELECT t.ts, t.sym, q.sym AS other, q.bid FROM trades t ASOF LEFT JOIN quotes q ON t.ts >= q.ts"
        ),
        new(
            "asof_short",
            "SELECT t.ts, sym, t.px - q.bid AS spread FROM trades t ASOF JOIN quotes q ON (sym) WHERE t.qty > 50"
        ),
        new(
            "asof_wide",
            "SELECT t.ts, t.sym, t.px, q.bid, d.sector, d.lot FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts "
                + "ASOF LEFT JOIN dim d ON t.sym = d.sym AND t.ts >= d.ts"
        ),
        new(
            "asof_aggregated",
            "SELECT sector, count(*) AS n, sum(qty) AS q FROM "
                + "(SELECT d.sector, t.qty FROM trades t ASOF LEFT JOIN dim d ON t.sym = d.sym AND t.ts >= d.ts) j GROUP BY sector"
        ),
        new(
            "lookup",
            "SELECT t.ts, t.sym, d.sector, d.w FROM trades t LEFT JOIN dim FOR SYSTEM_TIME AS OF t.ts AS d ON t.sym = d.sym"
        ),
        new(
            "window_join",
            "SELECT t.ts, t.sym, avg(q.bid) AS b, count(*) AS n FROM trades t WINDOW JOIN quotes q ON (sym) "
                + "RANGE BETWEEN 1s PRECEDING AND 1s FOLLOWING EXCLUDE PREVAILING"
        ),
        new(
            "window_join_prevailing",
            "SELECT t.ts, t.sym, max(q.ask) AS a, sum(q.bsz) AS s FROM trades t WINDOW JOIN quotes q ON (sym) "
                + "RANGE BETWEEN 5s PRECEDING AND 0s FOLLOWING INCLUDE PREVAILING"
        ),
        new(
            "band",
            "SELECT t.ts, t.sym, o.lots, o.ts AS ots FROM trades t JOIN orders o ON t.ord = o.id "
                + "AND t.ts BETWEEN o.ts AND o.ts + INTERVAL '5 minutes'"
        ),
        new(
            "band_left",
            "SELECT t.ts, t.sym, o.lots FROM trades t LEFT JOIN orders o ON t.ord = o.id "
                + "AND t.ts >= o.ts AND t.ts <= o.ts + INTERVAL '1 minute'"
        ),
        new(
            "band_keys",
            "SELECT t.sym, o.id, t.qty * o.lots AS m FROM trades t JOIN orders o ON t.ord = o.id AND t.sym = o.sym "
                + "AND t.ts BETWEEN o.ts - INTERVAL '10 seconds' AND o.ts + INTERVAL '10 minutes' AND t.qty > o.lots"
        ),
        new(
            "band_counted",
            "SELECT id, count(*) AS n, sum(qty) AS q FROM (SELECT o.id, t.qty FROM trades t JOIN orders o ON t.ord = o.id "
                + "AND t.ts BETWEEN o.ts AND o.ts + INTERVAL '2 minutes') j GROUP BY id"
        ),
    ];

    private static readonly LawView Sides = new(
        "sides",
        "SELECT sym, side, max(ts) AS t, sum(qty) AS q, count(*) AS n FROM trades GROUP BY sym, side"
    );

    private static readonly LawView SideBars = new(
        "side_bars",
        "SELECT sym, side, last(px) AS c, sum(qty) AS q FROM trades SAMPLE BY 10s GROUP BY sym, side"
    );

    /// <summary>Right rows that no sequence orders: those of one time are in the order of what tells them apart.</summary>
    public static readonly LawView[] JoinTies =
    [
        new(
            "ties_groups",
            "SELECT o.ts, o.sym, o.id, s.side, s.q FROM orders o ASOF LEFT JOIN "
                + "(SELECT sym, side, max(ts) AS t, sum(qty) AS q FROM trades GROUP BY sym, side) s ON o.sym = s.sym AND o.ts >= s.t"
        ),
        new("ties_no_key", "SELECT o.ts, o.id, s.sym, s.side, s.n FROM orders o ASOF LEFT JOIN sides s ON o.ts >= s.t")
        {
            On = [Sides],
        },
        new(
            "ties_bars",
            "SELECT o.ts, o.sym, b.side, b.c, b.q FROM orders o ASOF LEFT JOIN side_bars b ON o.sym = b.sym AND o.ts >= b.bar_close "
                + "TOLERANCE INTERVAL '1 minute'"
        )
        {
            On = [SideBars],
        },
        new(
            "ties_bars_of_all",
            "SELECT o.ts, o.id, b.sym, b.side, b.q FROM orders o ASOF JOIN side_bars b ON o.ts > b.bar_open"
        )
        {
            On = [SideBars],
        },
        new(
            "ties_forward",
            "SELECT o.ts, o.id, b.sym, b.side, b.q FROM orders o ASOF LEFT JOIN side_bars b ON o.ts <= b.bar_open TOLERANCE INTERVAL '30s'"
        )
        {
            On = [SideBars],
        },
        new(
            "ties_nearest",
            "SELECT o.ts, o.id, b.side, b.q FROM orders o ASOF LEFT JOIN side_bars b ON o.sym = b.sym AND o.ts >= b.bar_open NEAREST "
                + "TOLERANCE INTERVAL '1m'"
        )
        {
            On = [SideBars],
        },
        new(
            "ties_union",
            "SELECT o.ts, o.id, u.kind, u.v FROM orders o ASOF LEFT JOIN (SELECT ts, sym, 1 AS kind, px AS v FROM trades UNION ALL "
                + "SELECT ts, sym, 2, bid FROM quotes) u ON o.sym = u.sym AND o.ts >= u.ts"
        ),
        new(
            "ties_pairs",
            "SELECT q.ts, q.sym, p.id, p.lots FROM quotes q ASOF LEFT JOIN (SELECT t.ts, t.sym, o.id, o.lots FROM trades t JOIN orders o "
                + "ON t.sym = o.sym AND t.ts BETWEEN o.ts AND o.ts + INTERVAL '20 seconds') p ON q.sym = p.sym AND q.ts >= p.ts"
        ),
        new(
            "ties_window",
            "SELECT o.ts, o.id, first(b.side) AS f, last(b.c) AS l, count(*) AS n FROM orders o WINDOW JOIN side_bars b ON (sym) "
                + "RANGE BETWEEN 30s PRECEDING AND 0s FOLLOWING INCLUDE PREVAILING"
        )
        {
            On = [SideBars],
        },
    ];

    /// <summary>Unions.</summary>
    public static readonly LawView[] Unions =
    [
        new(
            "union_all",
            "SELECT ts, sym, px AS v FROM trades UNION ALL SELECT ts, sym, bid FROM quotes WHERE bid IS NOT NULL"
        ),
        new(
            "union_same",
            "SELECT ts, sym, px FROM trades WHERE qty > 10 UNION ALL SELECT ts, sym, px FROM trades WHERE qty > 500"
        ),
        new(
            "except_notes",
            "SELECT note, side FROM trades WHERE qty > 700 EXCEPT SELECT note, side FROM trades WHERE qty < 100"
        ),
        new(
            "intersect_notes",
            "SELECT note FROM trades WHERE qty > 700 INTERSECT SELECT note FROM trades WHERE side = 'B'"
        ),
        new("union_distinct", "SELECT sym, side FROM trades UNION SELECT sym, NULL FROM quotes"),
        new(
            "union_grouped",
            "SELECT sym, count(*) AS n, max(v) AS v FROM (SELECT ts, sym, px AS v FROM trades UNION ALL SELECT ts, sym, bid FROM quotes) u "
                + "GROUP BY sym"
        ),
    ];

    /// <summary>Groups over what changes.</summary>
    public static readonly LawView[] Nested =
    [
        new(
            "group_of_groups",
            "SELECT n, count(*) AS symbols FROM (SELECT sym, count(*) AS n FROM trades GROUP BY sym) g GROUP BY n"
        ),
        new(
            "rollup_5m",
            "SELECT sym, time_bucket(5m, t) AS t5, first(o) AS o, max(h) AS h, min(l) AS l, last(c) AS c, sum(v) AS v FROM "
                + "(SELECT sym, time_bucket(1m, ts) AS t, first(px) AS o, max(px) AS h, min(px) AS l, last(px) AS c, sum(qty) AS v FROM trades "
                + "GROUP BY sym, time_bucket(1m, ts)) b GROUP BY sym, time_bucket(5m, t)"
        ),
        new(
            "rollup_bars",
            "SELECT sym, rollup(b) AS b FROM (SELECT sym, ohlcv(px, qty) AS b FROM trades SAMPLE BY 5s GROUP BY sym) SAMPLE BY 1m GROUP BY sym"
        ),
        new("rollup_of_view", "SELECT sym, rollup(b) AS b FROM fine_bars SAMPLE BY 1m GROUP BY sym")
        {
            On = [new("fine_bars", "SELECT sym, ohlcv(px, qty) AS b FROM trades SAMPLE BY 5s GROUP BY sym")],
        },
        new(
            "filter_of_groups",
            "SELECT sym, m * 2 AS m2 FROM (SELECT sym, max(qty) AS m FROM trades GROUP BY sym) g WHERE m > 900"
        ),
        new(
            "sums_of_changing",
            "SELECT sum(c) AS s, min(c) AS lo, max(c) AS hi, avg(a) AS a, stddev(a) AS sd FROM "
                + "(SELECT sym, last(px) AS c, avg(x) AS a FROM trades GROUP BY sym) g"
        ),
    ];
}
