SELECT sym, q[1]::DOUBLE, q[2]::DOUBLE, q[3]::DOUBLE
FROM (SELECT sym, approx_quantile(px, [0.05, 0.5, 0.95]) AS q FROM trades GROUP BY sym)
ORDER BY sym
