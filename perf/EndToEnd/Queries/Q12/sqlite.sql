SELECT ts, sym, px, qty, side
FROM trades
WHERE ts >= {day_start_nanos} AND ts < {day_end_nanos}
ORDER BY ts
