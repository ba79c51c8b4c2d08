SELECT sym, toFloat64(q[1]), toFloat64(q[2]), toFloat64(q[3])
FROM (SELECT sym, quantilesTDigest(0.05, 0.5, 0.95)(toFloat64(px)) AS q FROM trades GROUP BY sym)
ORDER BY sym
