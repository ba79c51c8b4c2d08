-- Bid and ask in one number, so that one leap into the index finds both; LIMIT keeps it from being done for each use.
-- The trades come by symbol, so that one leap after the other ends in the same pages.
WITH RECURSIVE symbols (sym) AS (
    SELECT min(sym) FROM trades
    UNION ALL
    SELECT (SELECT min(sym) FROM trades WHERE trades.sym > symbols.sym) FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT
    count(*),
    avg((quote & 134217727) - (quote >> 27)) / 100,
    avg(abs(2 * px - (quote & 134217727) - (quote >> 27))) / 100
FROM (
    SELECT
        px,
        (
            SELECT bid << 27 | ask FROM quotes
            WHERE quotes.sym = trades.sym AND quotes.ts <= trades.ts AND quotes.ts >= {day_start_nanos}
            ORDER BY quotes.ts DESC LIMIT 1
        ) AS quote
    FROM symbols
    CROSS JOIN trades ON trades.sym = symbols.sym AND ts >= {day_start_nanos} AND ts < {day_end_nanos}
    LIMIT -1
)
WHERE quote IS NOT NULL
