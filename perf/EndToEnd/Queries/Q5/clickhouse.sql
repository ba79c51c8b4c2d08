-- The last stamps from one column; then the primary key leads to those rows alone.
SELECT sym, toUnixTimestamp64Nano(ts) AS nanos, px, qty
FROM trades
WHERE (sym, ts) IN (SELECT sym, max(ts) FROM trades WHERE ts <= '{at}' GROUP BY sym)
ORDER BY sym
LIMIT 1 BY sym
