SELECT
    toInt64(toUnixTimestamp(toStartOfMinute(ts))) * 1000000000 AS minute,
    argMin(px, ts) AS open,
    max(px) AS high,
    min(px) AS low,
    argMax(px, ts) AS close,
    sum(qty) AS volume,
    sum(toDecimal64(px, 2) * qty) AS turnover,
    toFloat64(turnover) / volume AS vwap
FROM trades
WHERE sym = '{symbol}' AND ts >= '{day_start}' AND ts < '{day_end}'
GROUP BY minute
ORDER BY minute
