SELECT sym, sum(px * qty)::DOUBLE / sum(qty), sum(qty)::BIGINT
FROM trades
GROUP BY sym
ORDER BY sym
