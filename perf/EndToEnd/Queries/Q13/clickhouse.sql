SELECT toUnixTimestamp64Nano(ts) AS nanos, px, qty
FROM trades
WHERE sym = '{symbol}' AND ts >= '{at}' AND ts < '{at_plus_1s}'
ORDER BY ts
