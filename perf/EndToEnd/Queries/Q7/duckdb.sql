SELECT count(*), avg(ask - bid), avg(2 * abs(px - (bid + ask) / 2))
FROM (SELECT sym, ts, px FROM trades WHERE ts >= '{day_start}' AND ts < '{day_end}') AS t
ASOF JOIN (SELECT sym, ts, bid, ask FROM quotes WHERE ts >= '{day_start}' AND ts < '{day_end}') AS q
    ON t.sym = q.sym AND t.ts >= q.ts
