SELECT count(*), avg(q.ask - q.bid), avg(2 * abs(t.px - (q.bid + q.ask) / 2))
FROM (SELECT sym, ts, px FROM trades WHERE ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}') t
ASOF JOIN (SELECT sym, ts, bid, ask FROM quotes WHERE ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}') q
  ON t.sym = q.sym AND t.ts >= q.ts
