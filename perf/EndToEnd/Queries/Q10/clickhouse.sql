SELECT sym, sum(toDecimal64(px, 2) * qty) AS turnover
FROM trades
GROUP BY sym
ORDER BY turnover DESC
LIMIT 10
