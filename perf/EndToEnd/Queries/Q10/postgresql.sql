SELECT sym, sum(px::bigint * qty) * 0.01 AS turnover
FROM trades
GROUP BY sym
ORDER BY turnover DESC
LIMIT 10
