SELECT epoch_ns(ts), px, qty
FROM trades
WHERE sym = '{symbol}' AND ts >= TIMESTAMP '{at}' AND ts < TIMESTAMP '{at_plus_1s}'
ORDER BY ts
