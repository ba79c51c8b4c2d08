-- Sums of decimals, divided once: halving each midpoint would make doubles of them all.
SELECT count(*), sum(ask - bid)::DOUBLE / count(*), sum(abs(2 * px - bid - ask))::DOUBLE / count(*)
FROM (SELECT sym, ts, px FROM trades WHERE ts >= '{day_start}' AND ts < '{day_end}') AS t
ASOF JOIN (SELECT sym, ts, bid, ask FROM quotes WHERE ts >= '{day_start}' AND ts < '{day_end}') AS q
    ON t.sym = q.sym AND t.ts >= q.ts
