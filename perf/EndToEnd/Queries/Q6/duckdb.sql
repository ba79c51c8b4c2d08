-- Sums of decimals, divided once: halving each midpoint would make doubles of them all.
SELECT count(*), sum(ask - bid)::DOUBLE / count(*), sum(abs(2 * px - bid - ask))::DOUBLE / count(*)
FROM (SELECT ts, px FROM trades WHERE sym = '{symbol}'::symbol) AS t
ASOF JOIN (SELECT ts, bid, ask FROM quotes WHERE sym = '{symbol}'::symbol) AS q ON t.ts >= q.ts
