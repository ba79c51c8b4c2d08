SELECT sym, approx_quantile(px, 0.05), approx_quantile(px, 0.5), approx_quantile(px, 0.95) FROM trades GROUP BY sym ORDER BY sym
