-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
-- The deviation by whole numbers: exact until the root.
WITH RECURSIVE symbols (sym) AS (
    SELECT min(sym) FROM trades
    UNION ALL
    SELECT (SELECT min(sym) FROM trades WHERE trades.sym > symbols.sym) FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT
    count(*),
    sum(1.0 * total / bars) / 100,
    sum(CASE WHEN bars > 1 THEN sqrt(1.0 * (bars * squares - total * total) / (bars * (bars - 1))) END) / 100
FROM (
    SELECT count(*) OVER last20 AS bars, sum(close) OVER last20 AS total, sum(close * close) OVER last20 AS squares
    FROM (
        SELECT
            trades.sym,
            ts / 60000000000 AS minute,
            max((ts % 60000000000) << 27 | px) & 134217727 AS close
        FROM symbols
        CROSS JOIN trades ON trades.sym = symbols.sym AND ts >= {day_start_nanos} AND ts < {day_end_nanos}
        GROUP BY trades.sym, minute
    )
    WINDOW last20 AS (PARTITION BY sym ORDER BY minute ROWS 19 PRECEDING)
)
