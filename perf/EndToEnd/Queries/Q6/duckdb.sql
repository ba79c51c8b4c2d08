SELECT count(*), avg(ask - bid), avg(2 * abs(px - (bid + ask) / 2))
FROM trades
ASOF JOIN quotes ON trades.sym = quotes.sym AND trades.ts >= quotes.ts
WHERE trades.sym = '{symbol}'::symbol AND quotes.sym = '{symbol}'::symbol
