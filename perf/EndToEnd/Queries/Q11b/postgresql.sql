SELECT sym, q[1] / 100, q[2] / 100, q[3] / 100
FROM (
    SELECT sym, percentile_cont(ARRAY[0.05, 0.5, 0.95]) WITHIN GROUP (ORDER BY px) AS q FROM trades GROUP BY sym
) AS quantiles
ORDER BY sym
