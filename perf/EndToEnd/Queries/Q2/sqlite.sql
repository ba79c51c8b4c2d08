-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
-- The symbols come by leaping through the index; each one's day is a range of it.
WITH RECURSIVE symbols (sym) AS (
    SELECT min(sym) FROM trades
    UNION ALL
    SELECT (SELECT min(sym) FROM trades WHERE trades.sym > symbols.sym) FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT
    count(*),
    sum(open) AS open_cents,
    sum(high) AS high_cents,
    sum(low) AS low_cents,
    sum(close) AS close_cents,
    sum(volume),
    sum(turnover) AS turnover_cents
FROM (
    SELECT
        min((ts % 60000000000) << 27 | px) & 134217727 AS open,
        max(px) AS high,
        min(px) AS low,
        max((ts % 60000000000) << 27 | px) & 134217727 AS close,
        sum(qty) AS volume,
        sum(px * qty) AS turnover
    FROM symbols
    CROSS JOIN trades ON trades.sym = symbols.sym AND ts >= {day_start_nanos} AND ts < {day_end_nanos}
    GROUP BY trades.sym, ts / 60000000000
)
