SELECT sym, sum(px * qty) / 100.0 / sum(qty), sum(qty)
FROM trades
GROUP BY sym
ORDER BY sym
