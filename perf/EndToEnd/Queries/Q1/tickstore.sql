SELECT epoch_ns(time_bucket(INTERVAL '1m', ts)) AS minute, first(px) AS open, max(px) AS high, min(px) AS low, last(px) AS close,
       sum(qty) AS volume, sum(px * qty) AS turnover, vwap(px, qty) AS vwap
FROM trades
WHERE sym = '{symbol}' AND ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}'
GROUP BY time_bucket(INTERVAL '1m', ts)
ORDER BY minute
