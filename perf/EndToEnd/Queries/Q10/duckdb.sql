SELECT sym, sum(px * qty) AS turnover
FROM trades
GROUP BY sym
ORDER BY turnover DESC
LIMIT 10
