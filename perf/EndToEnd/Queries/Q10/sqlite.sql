SELECT sym, sum(px * qty) AS turnover_cents
FROM trades
GROUP BY sym
ORDER BY turnover_cents DESC
LIMIT 10
