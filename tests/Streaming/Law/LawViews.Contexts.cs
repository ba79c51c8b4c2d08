namespace TickStore.Tests.Streaming.Law;

/// <summary>Functions with state.</summary>
internal static partial class LawViews
{
    /// <summary>CONTEXT BY: every function, nested ones, resets, contexts over what changes.</summary>
    public static readonly LawView[] Contexts =
    [
        new(
            "context_ema",
            "SELECT ts, sym, ema(px, 5) AS e, wilder(x, 3) AS w, rsi(px, 4) AS r FROM trades CONTEXT BY sym"
        ),
        new(
            "context_moving",
            "SELECT ts, sym, msum(x, 4) AS s, mavg(px, 3) AS a, mmin(x, 5) AS lo, mmax(px, 5) AS hi, mcount(x, 3) AS n, "
                + "mstd(x, 6) AS d, mvarp(px, 4) AS v, mrank(px, 7) AS k, wma(px, 4) AS w FROM trades CONTEXT BY sym"
        ),
        new(
            "context_moving_time",
            "SELECT ts, sym, tmsum(x, INTERVAL '30 seconds') AS s, tmavg(px, INTERVAL '1 minute') AS a, tmmin(x, 10s) AS lo, "
                + "tmmax(px, 2m) AS hi, tmcount(x, 1m) AS n, tmstd(x, 5m) AS d, tmrank(px, 3m) AS k FROM trades CONTEXT BY sym"
        ),
        new(
            "context_pairs",
            "SELECT ts, sym, mcorr(px, qty, 6) AS c, mcov(px, qty, 5) AS v, mbeta(px, qty, 5) AS b, tmcorr(px, qty, 2m) AS tc "
                + "FROM trades CONTEXT BY sym"
        ),
        new(
            "context_running",
            "SELECT ts, sym, cumsum(x) AS s, cumavg(px) AS a, cummax(x) AS hi, cummin(px) AS lo, cumcount(qty) AS n, "
                + "cumvwap(px, qty) AS v FROM trades CONTEXT BY sym RESET EVERY 1d"
        ),
        new(
            "context_running_forever",
            "SELECT ts, side, sym, cumsum(x) AS s, cumvwap(x, qty) AS v FROM trades CONTEXT BY side, sym ORDER BY ts, _seq"
        ),
        new(
            "context_neighbours",
            "SELECT ts, sym, prev(side) AS p, prev(px, 3) AS p3, deltas(px) AS d, ratios(px) AS r, log_returns(x) AS l, "
                + "realized_vol(px, 5) AS rv FROM trades CONTEXT BY sym"
        ),
        new(
            "context_nested",
            "SELECT ts, sym, ema(1000 * (ema(px, 3) - ema(px, 6)) / (ema(px, 3) + ema(px, 6)), 4) AS f, macd_hist(px, 2, 4, 3) AS h, "
                + "mavg(CASE WHEN side = 'B' THEN mstd(px, 3) ELSE deltas(px) END, 4) AS m FROM trades WHERE px IS NOT NULL CONTEXT BY sym"
        ),
        new(
            "context_quotes",
            "SELECT ts, sym, msum(ofi(bid, bsz, ask, asz), 5) AS o, microprice(bid, bsz, ask, asz) AS m, atr(ask, bid, bid, 3) AS a "
                + "FROM quotes CONTEXT BY sym RESET EVERY 1h"
        ),
        new("context_whole_table", "SELECT ts, msum(qty, 10) AS s, cumcount(px) AS n FROM trades CONTEXT BY 1"),
        new(
            "context_over_bars",
            "SELECT t, sym, mavg(c, 3) AS m, ema(c, 4) AS e FROM (SELECT time_bucket(1m, ts) AS t, sym, last(x) AS c FROM trades "
                + "GROUP BY sym, time_bucket(1m, ts)) b CONTEXT BY sym"
        ),
        new("context_filtered", "SELECT ts, sym, px FROM trades CONTEXT BY sym QUALIFY px > mavg(px, 4)"),
        new(
            "context_grouped",
            "SELECT sym, count(*) AS n, max(e) AS m FROM (SELECT sym, ema(px, 3) AS e FROM trades CONTEXT BY sym) f GROUP BY sym"
        ),
    ];
}
