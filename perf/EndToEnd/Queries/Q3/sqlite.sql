-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
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
    FROM trades
    GROUP BY sym, ts / 60000000000
)
