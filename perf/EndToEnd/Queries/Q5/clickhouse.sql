-- Groups come in the order of the primary key, so that they need no hash table.
SELECT sym, toUnixTimestamp64Nano(max(ts)) AS nanos, argMax(px, ts) AS last_px, argMax(qty, ts) AS last_qty
FROM trades
WHERE ts <= '{at}'
GROUP BY sym
ORDER BY sym
SETTINGS optimize_aggregation_in_order = 1
