-- The table was filled in time order and DuckDB keeps it (preserve_insertion_order): no sort. The client checks the order.
SELECT ts, sym, px, qty, side
FROM trades
WHERE ts >= '{day_start}' AND ts < '{day_end}'
