SELECT sym, avg((bids - asks) / (bids + asks))
FROM (
  SELECT sym, array_sum(bid_size)::DOUBLE AS bids, array_sum(ask_size)::DOUBLE AS asks
  FROM snapshots
  WHERE ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}'
) books
GROUP BY sym
ORDER BY sym
