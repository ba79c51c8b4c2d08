SELECT ts, sym, px, qty, side
FROM trades
WHERE ts >= '{day_start}' AND ts < '{day_end}'
ORDER BY ts
