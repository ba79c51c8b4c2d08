SELECT sym, quantile_cont(px, 0.05), quantile_cont(px, 0.5), quantile_cont(px, 0.95) FROM trades GROUP BY sym ORDER BY sym
