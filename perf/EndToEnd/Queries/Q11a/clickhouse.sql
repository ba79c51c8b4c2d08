SELECT uniqExact(sym) FROM trades
