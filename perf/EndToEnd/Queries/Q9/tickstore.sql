SELECT count(*), sum(mean), sum(deviation)
FROM (
  SELECT avg(close) OVER (PARTITION BY sym ORDER BY minute ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS mean,
         stddev_samp(close) OVER (PARTITION BY sym ORDER BY minute ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS deviation
  FROM (
    SELECT sym, time_bucket(INTERVAL '1m', ts) AS minute, last(px) AS close
    FROM trades
    WHERE ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}'
    GROUP BY sym, time_bucket(INTERVAL '1m', ts)
  ) bars
) moving
