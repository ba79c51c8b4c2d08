namespace TickStore.Tests.Streaming.Law;

/// <summary>Definitions over frames, ranks and the newest row.</summary>
internal static partial class LawViews
{
    /// <summary>Functions over frames of rows and of time.</summary>
    public static readonly LawView[] Frames =
    [
        new(
            "moving_rows",
            "SELECT ts, sym, avg(px) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS a, "
                + "sum(qty) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS s, "
                + "min(x) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS lo, "
                + "count(note) OVER (PARTITION BY sym ORDER BY ts ROWS 4 PRECEDING) AS n FROM trades"
        ),
        new(
            "running_peers",
            "SELECT ts, sym, sum(x) OVER (PARTITION BY sym ORDER BY ts RANGE UNBOUNDED PRECEDING) AS s, "
                + "max(px) OVER (PARTITION BY sym ORDER BY ts) AS hi FROM trades"
        ),
        new(
            "moving_std",
            "SELECT ts, sym, stddev(x) OVER (PARTITION BY sym ORDER BY ts ROWS 9 PRECEDING) AS s FROM trades"
        ),
        new(
            "cumulative",
            "SELECT ts, sym, sum(qty) OVER (PARTITION BY sym ORDER BY ts ROWS UNBOUNDED PRECEDING) AS q, "
                + "max(px) OVER (PARTITION BY sym ORDER BY ts ROWS UNBOUNDED PRECEDING) AS hi FROM trades"
        ),
        new(
            "lags",
            "SELECT ts, sym, px - lag(px) OVER (PARTITION BY sym ORDER BY ts) AS d, lead(px) OVER (PARTITION BY sym ORDER BY ts) AS next, "
                + "lag(qty, 3) OVER (PARTITION BY sym ORDER BY ts) AS q3 FROM trades"
        ),
        new(
            "first_of_frame",
            "SELECT ts, sym, first_value(px) OVER (PARTITION BY sym ORDER BY ts ROWS 5 PRECEDING) AS f, "
                + "last_value(qty) OVER (PARTITION BY sym ORDER BY ts ROWS 5 PRECEDING) AS l FROM trades"
        ),
        new("over_everything", "SELECT ts, avg(px) OVER (ORDER BY ts ROWS 9 PRECEDING) AS a FROM trades"),
    ];

    /// <summary>Ranks, cross-sections over all symbols at a time, the best of each group.</summary>
    public static readonly LawView[] CrossSections =
    [
        new("ranks", "SELECT ts, sym, qty, rank() OVER (PARTITION BY ts ORDER BY qty) AS r FROM trades"),
        new(
            "percent_ranks",
            "SELECT ts, sym, percent_rank() OVER (PARTITION BY ts ORDER BY qty DESC) AS r FROM trades"
        ),
        new("pct_ranks", "SELECT ts, sym, pct_rank(qty) OVER (PARTITION BY ts) AS r FROM trades"),
        new("zscores", "SELECT ts, sym, zscore(x) OVER (PARTITION BY ts) AS z FROM trades"),
        new(
            "top_two",
            "SELECT ts, sym, px FROM trades QUALIFY row_number() OVER (PARTITION BY ts ORDER BY px DESC) <= 2"
        ),
        new(
            "top_of_symbol",
            "SELECT ts, sym, px FROM trades QUALIFY row_number() OVER (PARTITION BY sym ORDER BY px DESC, ts) <= 3"
        ),
        new(
            "cross_section_of_bars",
            "SELECT t, sym, c, rank() OVER (PARTITION BY t ORDER BY c DESC) AS r FROM "
                + "(SELECT sym, time_bucket(5m, ts) AS t, last(px) AS c FROM trades GROUP BY sym, time_bucket(5m, ts)) b"
        ),
        new(
            "ranks_of_every_kind",
            "SELECT ts, sym, row_number() OVER (PARTITION BY ts, side ORDER BY qty DESC) AS n, "
                + "dense_rank() OVER (PARTITION BY ts, side ORDER BY qty DESC) AS d, "
                + "cume_dist() OVER (PARTITION BY ts, side ORDER BY qty DESC) AS c, "
                + "ntile(3) OVER (PARTITION BY ts, side ORDER BY qty) AS t "
                + "FROM (SELECT ts, sym, side, qty FROM trades) x"
        ),
        new(
            "shares",
            "SELECT ts, sym, qty, sum(qty) OVER (PARTITION BY time_bucket(1m, ts)) AS total, "
                + "avg(x) OVER (PARTITION BY time_bucket(1m, ts)) AS mean, count(*) OVER (PARTITION BY side) AS n FROM trades"
        ),
        new(
            "shares_of_bars",
            "SELECT t, sym, v, sum(v) OVER (PARTITION BY t) AS total FROM "
                + "(SELECT sym, time_bucket(5m, ts) AS t, sum(qty) AS v FROM trades GROUP BY sym, time_bucket(5m, ts)) b"
        ),
        new(
            "best_bars",
            "SELECT t, sym, v FROM (SELECT sym, time_bucket(5m, ts) AS t, sum(qty) AS v FROM trades GROUP BY sym, time_bucket(5m, ts)) b "
                + "QUALIFY row_number() OVER (PARTITION BY t ORDER BY v DESC) <= 2"
        ),
        new(
            "best_closes",
            "SELECT t, sym, c FROM (SELECT sym, time_bucket(5m, ts) AS t, last(px) AS c FROM trades GROUP BY sym, time_bucket(5m, ts)) b "
                + "QUALIFY row_number() OVER (PARTITION BY t ORDER BY c DESC, sym DESC) < 3"
        ),
        new("latest_of_all", "SELECT ts, sym, note FROM trades WHERE qty > 0 LATEST ON ts PARTITION BY side, sym"),
        new("cheapest", "SELECT sym, px FROM trades QUALIFY row_number() OVER (ORDER BY px, sym) <= 5"),
        new(
            "best_of_minute",
            "SELECT DISTINCT ON (time_bucket(1m, ts)) sym, px, x FROM trades ORDER BY time_bucket(1m, ts), x DESC"
        ),
        new("latest_on", "SELECT ts, sym, px, qty FROM trades LATEST ON ts PARTITION BY sym"),
        new("distinct_on", "SELECT DISTINCT ON (sym) sym, ts, px FROM trades ORDER BY sym, ts DESC"),
        new("first_on", "SELECT DISTINCT ON (sym, side) sym, side, ts, px FROM trades ORDER BY sym, side, ts"),
    ];

    /// <summary>Nested stateful functions per key.</summary>
    public static readonly LawView[] Factors =
    [
        new(
            "factor_rows",
            "SELECT ts, sym, msum(qty, 5) AS s, mavg(px, 5) AS a, mstd(x, 6) AS d, mmin(px, 4) AS lo, mmax(px, 4) AS hi, mrank(x, 5) AS r "
                + "FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_pairs",
            "SELECT ts, sym, mcorr(px, x, 8) AS c, mbeta(px, x, 8) AS b FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_time",
            "SELECT ts, sym, tmsum(qty, INTERVAL '10 seconds') AS s, tmavg(px, INTERVAL '30 seconds') AS a, tmstd(x, INTERVAL '1 minute') AS d, "
                + "tmmin(px, INTERVAL '5 seconds') AS lo, tmmax(px, INTERVAL '5 seconds') AS hi FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_time_pairs",
            "SELECT ts, sym, tmcorr(px, x, INTERVAL '1 minute') AS c, tmbeta(px, x, INTERVAL '1 minute') AS b, "
                + "tmrank(x, INTERVAL '1 minute') AS r FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_recursive",
            "SELECT ts, sym, ema(px, 5) AS e, wma(px, 4) AS w, cumsum(qty) AS cs, cummax(px) AS cm, cumvwap(px, qty) AS cv "
                + "FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_access",
            "SELECT ts, sym, prev(px) AS p, deltas(px) AS d, ratios(px) AS r FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new(
            "factor_nested",
            "SELECT ts, sym, ema(ema(px, 3) - mavg(px, 5), 4) AS f, msum(deltas(px), 4) AS g FROM trades CONTEXT BY sym ORDER BY ts"
        ),
        new("factor_rsi", "SELECT ts, sym, rsi(px, 6) AS r FROM trades CONTEXT BY sym ORDER BY ts"),
    ];
}
