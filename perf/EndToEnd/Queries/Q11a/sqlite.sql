-- A leap through the index for each symbol.
WITH RECURSIVE symbols (sym) AS (
    SELECT min(sym) FROM trades
    UNION ALL
    SELECT (SELECT min(sym) FROM trades WHERE trades.sym > symbols.sym) FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT count(sym) FROM symbols
