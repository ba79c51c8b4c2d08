SELECT sym, vwap(px, qty), sum(qty) FROM trades GROUP BY sym ORDER BY sym
