-- A leap through the index for each symbol.
WITH RECURSIVE symbols (sym) AS (
    (SELECT sym FROM trades ORDER BY sym LIMIT 1)
    UNION ALL
    SELECT (SELECT trades.sym FROM trades WHERE trades.sym > symbols.sym ORDER BY trades.sym LIMIT 1)
    FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT count(sym) FROM symbols
