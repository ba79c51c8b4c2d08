-- Bid and ask in one number, so that one leap into the index finds both; LIMIT keeps it from being done for each use.
SELECT
    count(*),
    avg((quote & 134217727) - (quote >> 27)) / 100,
    avg(abs(2 * px - (quote & 134217727) - (quote >> 27))) / 100
FROM (
    SELECT
        px,
        (
            SELECT bid << 27 | ask FROM quotes
            WHERE quotes.sym = trades.sym AND quotes.ts <= trades.ts
            ORDER BY quotes.ts DESC LIMIT 1
        ) AS quote
    FROM trades
    WHERE sym = '{symbol}'
    LIMIT -1
)
WHERE quote IS NOT NULL
