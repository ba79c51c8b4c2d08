SELECT count(*), avg((ask - bid)::float8) / 100, avg(abs(2 * px - bid - ask)::float8) / 100
FROM trades
CROSS JOIN LATERAL (
    SELECT bid, ask FROM quotes
    WHERE quotes.sym = trades.sym AND quotes.ts <= trades.ts
    ORDER BY quotes.ts DESC LIMIT 1
) AS quote
WHERE sym = '{symbol}'
