-- Prices repeat: counting equal ones first is faster than quantile_cont, which would also round to the decimal's two digits.
WITH counted AS (
    SELECT sym, px, count(*) AS n FROM trades GROUP BY sym, px
),
placed AS (
    SELECT
        sym,
        px::DOUBLE AS px,
        sum(n) OVER (PARTITION BY sym ORDER BY px) - n AS place,
        sum(n) OVER (PARTITION BY sym)::DOUBLE - 1 AS last
    FROM counted
),
neighbours AS (
    SELECT
        sym,
        any_value(last) * 0.05 AS at5,
        any_value(last) * 0.5 AS at50,
        any_value(last) * 0.95 AS at95,
        max(px) FILTER (place <= floor(last * 0.05)) AS low5,
        max(px) FILTER (place <= ceil(last * 0.05)) AS high5,
        max(px) FILTER (place <= floor(last * 0.5)) AS low50,
        max(px) FILTER (place <= ceil(last * 0.5)) AS high50,
        max(px) FILTER (place <= floor(last * 0.95)) AS low95,
        max(px) FILTER (place <= ceil(last * 0.95)) AS high95
    FROM placed
    GROUP BY sym
)
SELECT
    sym,
    low5 + (high5 - low5) * (at5 - floor(at5)),
    low50 + (high50 - low50) * (at50 - floor(at50)),
    low95 + (high95 - low95) * (at95 - floor(at95))
FROM neighbours
ORDER BY sym
