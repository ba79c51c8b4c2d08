-- SQLite has no quantiles: the rows are numbered, and those beside a quantile's place count by how near they are.
SELECT
    sym,
    sum(px * max(0, 1 - abs(place - 0.05 * last))) / 100,
    sum(px * max(0, 1 - abs(place - 0.5 * last))) / 100,
    sum(px * max(0, 1 - abs(place - 0.95 * last))) / 100
FROM (
    SELECT
        sym,
        px,
        row_number() OVER (PARTITION BY sym ORDER BY px) - 1 AS place,
        count(*) OVER (PARTITION BY sym) - 1 AS last
    FROM trades
)
GROUP BY sym
ORDER BY sym
