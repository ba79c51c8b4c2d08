-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
SELECT
    ts / 60000000000 * 60000000000 AS minute,
    min((ts % 60000000000) << 27 | px) & 134217727 AS open_cents,
    max(px) AS high_cents,
    min(px) AS low_cents,
    max((ts % 60000000000) << 27 | px) & 134217727 AS close_cents,
    sum(qty),
    sum(px * qty) AS turnover_cents,
    sum(px * qty) / 100.0 / sum(qty)
FROM trades
WHERE sym = '{symbol}' AND ts >= {day_start_nanos} AND ts < {day_end_nanos}
GROUP BY minute
ORDER BY minute
