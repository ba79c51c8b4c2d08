SELECT sym, toFloat64(sum(toDecimal64(px, 2) * qty)) / sum(qty) AS vwap, sum(qty) AS volume
FROM trades
GROUP BY sym
ORDER BY sym
