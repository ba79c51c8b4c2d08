SELECT count(*), sum(qty)
FROM trades
WHERE qty > 10000 AND px BETWEEN 5000 AND 10000
