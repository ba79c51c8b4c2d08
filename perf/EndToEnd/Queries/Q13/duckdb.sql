SELECT epoch_ns(ts), px, qty
FROM trades
WHERE sym = '{symbol}'::symbol AND ts >= '{at}' AND ts < '{at_plus_1s}'
ORDER BY ts
