-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
SELECT
    count(*),
    sum(open) * 0.01,
    sum(high) * 0.01,
    sum(low) * 0.01,
    sum(close) * 0.01,
    sum(volume),
    sum(turnover) * 0.01
FROM (
    SELECT
        min((ts % 60000000000) << 27 | px) & 134217727 AS open,
        max(px) AS high,
        min(px) AS low,
        max((ts % 60000000000) << 27 | px) & 134217727 AS close,
        sum(qty) AS volume,
        sum(px::bigint * qty) AS turnover
    FROM trades
    GROUP BY sym, ts / 60000000000
) AS bars
