-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
SELECT
    ts / 60000000000 * 60000000000 AS minute,
    (min((ts % 60000000000) << 27 | px) & 134217727) * 0.01,
    max(px) * 0.01,
    min(px) * 0.01,
    (max((ts % 60000000000) << 27 | px) & 134217727) * 0.01,
    sum(qty),
    sum(px::bigint * qty) * 0.01,
    sum(px::bigint * qty)::float8 / 100 / sum(qty)
FROM trades
WHERE sym = '{symbol}' AND ts >= {day_start_nanos} AND ts < {day_end_nanos}
GROUP BY minute
ORDER BY minute
