-- In the order of the primary key; uniqExact would hash every row's name.
SELECT count() FROM (SELECT DISTINCT sym FROM trades) SETTINGS optimize_distinct_in_order = 1
