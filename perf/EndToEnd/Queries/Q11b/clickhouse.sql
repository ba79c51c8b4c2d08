SELECT sym, q[1], q[2], q[3]
FROM (SELECT sym, quantilesExactInclusive(0.05, 0.5, 0.95)(toFloat64(px)) AS q FROM trades GROUP BY sym)
ORDER BY sym
