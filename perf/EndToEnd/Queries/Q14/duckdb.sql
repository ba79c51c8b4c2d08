-- Two passes beat arg_max: max(ts), then a join back that finds its rows by zone maps. Of rows with one stamp the last counts.
SELECT count(*), sum(bids), sum(asks), sum(bid_sizes)::BIGINT, sum(ask_sizes)::BIGINT
FROM (
    SELECT
        bid1 + bid2 + bid3 + bid4 + bid5 + bid6 + bid7 + bid8 + bid9 + bid10 AS bids,
        ask1 + ask2 + ask3 + ask4 + ask5 + ask6 + ask7 + ask8 + ask9 + ask10 AS asks,
        bid_size1 + bid_size2 + bid_size3 + bid_size4 + bid_size5 + bid_size6 + bid_size7 + bid_size8 + bid_size9 + bid_size10 AS bid_sizes,
        ask_size1 + ask_size2 + ask_size3 + ask_size4 + ask_size5 + ask_size6 + ask_size7 + ask_size8 + ask_size9 + ask_size10 AS ask_sizes
    FROM snapshots
    JOIN (SELECT sym, max(ts) AS ts FROM snapshots WHERE ts <= '{at}' GROUP BY sym) USING (sym, ts)
    QUALIFY row_number() OVER (PARTITION BY sym ORDER BY snapshots.rowid DESC) = 1
)
