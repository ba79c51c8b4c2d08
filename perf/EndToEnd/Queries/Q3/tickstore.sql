SELECT count(*), sum(open), sum(high), sum(low), sum(close), sum(volume), sum(turnover)
FROM (
  SELECT sym, time_bucket(INTERVAL '1m', ts) AS minute, first(px) AS open, max(px) AS high, min(px) AS low, last(px) AS close,
         sum(qty) AS volume, sum(px * qty) AS turnover
  FROM trades
  GROUP BY sym, time_bucket(INTERVAL '1m', ts)
) bars
