-- Grouping is faster than count(DISTINCT sym).
SELECT count(*) FROM (SELECT sym FROM trades GROUP BY sym)
