SELECT sym, sum(px::bigint * qty)::float8 / 100 / sum(qty), sum(qty)
FROM trades
GROUP BY sym
ORDER BY sym
