SELECT ts, px AS px_cents, qty
FROM trades
WHERE sym = '{symbol}' AND ts >= {at_nanos} AND ts < {at_plus_1s_nanos}
ORDER BY ts
