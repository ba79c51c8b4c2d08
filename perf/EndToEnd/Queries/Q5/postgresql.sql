-- The symbols come by leaping through the index; then one more leap for each.
WITH RECURSIVE symbols (sym) AS (
    (SELECT sym FROM trades ORDER BY sym LIMIT 1)
    UNION ALL
    SELECT (SELECT trades.sym FROM trades WHERE trades.sym > symbols.sym ORDER BY trades.sym LIMIT 1)
    FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT symbols.sym, ts, px * 0.01, qty
FROM symbols
CROSS JOIN LATERAL (
    SELECT ts, px, qty FROM trades WHERE trades.sym = symbols.sym AND ts <= {at_nanos} ORDER BY ts DESC LIMIT 1
) AS latest
ORDER BY symbols.sym
