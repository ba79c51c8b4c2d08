-- Two passes beat arg_max: max(ts), then a join back that finds its rows by zone maps. Of rows with one stamp the last counts.
SELECT sym, epoch_ns(ts), arg_max(px, trades.rowid), arg_max(qty, trades.rowid)
FROM trades
JOIN (SELECT sym, max(ts) AS ts FROM trades WHERE ts <= '{at}' GROUP BY sym) USING (sym, ts)
GROUP BY sym, ts
ORDER BY sym
