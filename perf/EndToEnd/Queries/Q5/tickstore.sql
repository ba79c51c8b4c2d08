SELECT sym, epoch_ns(last(ts)), last(px), last(qty)
FROM trades
WHERE ts <= TIMESTAMP '{at}'
GROUP BY sym
ORDER BY sym
