SELECT ts, px * 0.01, qty
FROM trades
WHERE sym = '{symbol}' AND ts >= {at_nanos} AND ts < {at_plus_1s_nanos}
ORDER BY ts
