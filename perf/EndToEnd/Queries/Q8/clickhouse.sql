SELECT count(), sum(qty)
FROM trades
WHERE qty > 10000 AND px BETWEEN 50 AND 100
