-- The symbols come by leaping through the index; then one more leap for each.
WITH RECURSIVE symbols (sym) AS (
    SELECT min(sym) FROM trades
    UNION ALL
    SELECT (SELECT min(sym) FROM trades WHERE trades.sym > symbols.sym) FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT trades.sym, ts, px AS px_cents, qty
FROM symbols
CROSS JOIN trades ON trades.rowid = (
    SELECT rowid FROM trades WHERE sym = symbols.sym AND ts <= {at_nanos} ORDER BY ts DESC LIMIT 1
)
ORDER BY symbols.sym
