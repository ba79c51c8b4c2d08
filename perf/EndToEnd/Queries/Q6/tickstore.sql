SELECT count(*), avg(q.ask - q.bid), avg(2 * abs(t.px - (q.bid + q.ask) / 2))
FROM (SELECT sym, ts, px FROM trades WHERE sym = '{symbol}') t
ASOF JOIN (SELECT sym, ts, bid, ask FROM quotes WHERE sym = '{symbol}') q ON t.sym = q.sym AND t.ts >= q.ts
