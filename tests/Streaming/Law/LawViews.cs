namespace TickStore.Tests.Streaming.Law;

/// <summary>The definitions, by what they try.</summary>
internal static partial class LawViews
{
    /// <summary>Rows as they come: filters, expressions, NULLs, text.</summary>
    public static readonly LawView[] Rowwise =
    [
        new("filtered", "SELECT ts, sym, px, qty FROM trades WHERE qty > 100 AND px IS NOT NULL"),
        new(
            "projected",
            "SELECT sym, px * qty AS money, x / 3 AS third, upper(note) AS note, coalesce(side, 'B') AS side FROM trades"
        ),
        new("symbol_filter", "SELECT ts, px, side FROM trades WHERE sym IN ('600519', 'UGLY') AND side = 'B'"),
        new(
            "cases",
            "SELECT ts, CASE WHEN qty > 500 THEN 'big' WHEN qty IS NULL THEN NULL ELSE 'small' END AS size, qty % 7 AS r FROM trades"
        ),
        new("nothing", "SELECT ts, sym FROM trades WHERE px < 0"),
        new("late_rows", "SELECT ts, sym, _late FROM trades WHERE _late"),
    ];

    /// <summary>Groups.</summary>
    public static readonly LawView[] Groups =
    [
        new(
            "counts",
            "SELECT sym, count(*) AS n, count(px) AS prices, count(qty) AS quantities FROM trades GROUP BY sym"
        ),
        new("whole", "SELECT count(*) AS n, sum(qty) AS q, min(ts) AS first_ts, max(ts) AS last_ts FROM trades"),
        new(
            "sums",
            "SELECT sym, side, sum(qty) AS q, sum(px) AS p, sum(x) AS x, avg(px) AS ap, avg(x) AS ax, avg(qty) AS aq FROM trades GROUP BY sym, side"
        ),
        new(
            "extremes",
            "SELECT sym, min(px) AS lo, max(px) AS hi, min(x) AS xlo, max(x) AS xhi, min(note) AS n0, max(note) AS n1 FROM trades GROUP BY sym"
        ),
        new(
            "first_last",
            "SELECT sym, first(px) AS o, last(px) AS c, first(note) AS fn, last(side) AS ls, first(ts) AS ft, last(ts) AS lt FROM trades GROUP BY sym"
        ),
        new(
            "moments",
            "SELECT sym, stddev(x) AS s, stddev_pop(px) AS sp, var_samp(x) AS v, var_pop(qty) AS vq FROM trades GROUP BY sym"
        ),
        new("vwaps", "SELECT sym, vwap(px, qty) AS v FROM trades GROUP BY sym"),
        new("distincts", "SELECT sym, count(DISTINCT px) AS d, count(DISTINCT note) AS dn FROM trades GROUP BY sym"),
        new("quantiles", "SELECT sym, approx_quantile(x, 0.5) AS m FROM trades GROUP BY sym"),
        new(
            "by_minute",
            "SELECT sym, time_bucket(1m, ts) AS t, count(*) AS n, sum(x) AS x, last(px) AS c FROM trades GROUP BY sym, time_bucket(1m, ts)"
        ),
        new("having_more", "SELECT sym, count(*) AS n FROM trades WHERE qty > 10 GROUP BY sym HAVING count(*) > 5"),
        new(
            "filtered_aggregates",
            "SELECT sym, count(*) FILTER (WHERE side = 'B') AS b, sum(qty) FILTER (WHERE px > 100) AS s FROM trades GROUP BY sym"
        ),
        new("groups_by_text", "SELECT note, count(*) AS n, max(qty) AS q FROM trades GROUP BY note"),
        new("distinct_pairs", "SELECT DISTINCT sym, side FROM trades"),
    ];

    /// <summary>Bars.</summary>
    public static readonly LawView[] Bars =
    [
        new(
            "bars_1m",
            "SELECT sym, first(px) AS o, max(px) AS h, min(px) AS l, last(px) AS c, sum(qty) AS v FROM trades SAMPLE BY 1m GROUP BY sym"
        ),
        new("bars_ohlcv", "SELECT sym, ohlcv(px, qty).* FROM trades SAMPLE BY 5s GROUP BY sym"),
        new("bars_closed_right", "SELECT sym, count(*) AS n FROM trades SAMPLE BY 30s CLOSED RIGHT GROUP BY sym"),
        new(
            "bars_origin",
            "SELECT sym, count(*) AS n, last(x) AS x FROM trades SAMPLE BY 7m ORIGIN TIMESTAMP '2023-01-01 00:00:13' GROUP BY sym"
        ),
        new("bars_month", "SELECT count(*) AS n, sum(qty) AS q FROM trades SAMPLE BY 1mo"),
        new(
            "quote_bars",
            "SELECT sym, first(bid) AS bo, max(bid) AS bh, min(ask) AS al, last(ask) AS ac FROM quotes SAMPLE BY 1s GROUP BY sym"
        ),
    ];

    /// <summary>Every definition.</summary>
    public static IEnumerable<LawView> All =>
        [
            .. Rowwise,
            .. Groups,
            .. Bars,
            .. Nested,
            .. OnViews,
            .. Emits,
            .. Frames,
            .. CrossSections,
            .. Sessions,
            .. Facts,
            .. OnClose,
            .. Joins,
            .. JoinTies,
            .. Unions,
            .. Factors,
            .. Contexts,
            .. Indices,
            .. Alerts,
        ];
}
