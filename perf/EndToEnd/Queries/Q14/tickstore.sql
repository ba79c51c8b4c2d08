SELECT count(*), sum(array_sum(bid)), sum(array_sum(ask)), sum(array_sum(bid_size)), sum(array_sum(ask_size))
FROM (
  SELECT DISTINCT ON (sym) sym, bid, ask, bid_size, ask_size
  FROM snapshots
  WHERE ts <= TIMESTAMP '{at}'
  ORDER BY sym, ts DESC
) books
