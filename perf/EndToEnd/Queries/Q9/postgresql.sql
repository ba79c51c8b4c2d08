-- Nanoseconds within the minute and cents below 2^27 in one number: the least and the largest are the first and the last trade.
-- The deviation by whole numbers: exact until the root, and sums of them can leave a window as they came in.
SELECT
    count(*),
    sum(total::float8 / bars) / 100,
    sum(CASE WHEN bars > 1 THEN sqrt((bars * squares - total * total)::float8 / (bars * (bars - 1))) END) / 100
FROM (
    SELECT count(*) OVER last20 AS bars, sum(close) OVER last20 AS total, sum(close * close) OVER last20 AS squares
    FROM (
        SELECT sym, ts / 60000000000 AS minute, max((ts % 60000000000) << 27 | px) & 134217727 AS close
        FROM trades
        WHERE ts >= {day_start_nanos} AND ts < {day_end_nanos}
        GROUP BY sym, minute
    ) AS closes
    WINDOW last20 AS (PARTITION BY sym ORDER BY minute ROWS 19 PRECEDING)
) AS moving
