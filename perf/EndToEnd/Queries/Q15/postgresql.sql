SELECT sym, avg((bids - asks)::float8 / (bids + asks))
FROM (
    SELECT
        sym,
        bid_size1 + bid_size2 + bid_size3 + bid_size4 + bid_size5 + bid_size6 + bid_size7 + bid_size8 + bid_size9 + bid_size10 AS bids,
        ask_size1 + ask_size2 + ask_size3 + ask_size4 + ask_size5 + ask_size6 + ask_size7 + ask_size8 + ask_size9 + ask_size10 AS asks
    FROM snapshots
    WHERE ts >= {day_start_nanos} AND ts < {day_end_nanos}
) AS books
GROUP BY sym
ORDER BY sym
