SELECT count(DISTINCT sym) FROM trades
