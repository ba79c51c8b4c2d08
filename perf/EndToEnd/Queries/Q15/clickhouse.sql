SELECT
    sym,
    avg((bids - asks) / (bids + asks)) AS imbalance
FROM
(
    SELECT
        sym,
        bid_size.1 + bid_size.2 + bid_size.3 + bid_size.4 + bid_size.5
            + bid_size.6 + bid_size.7 + bid_size.8 + bid_size.9 + bid_size.10 AS bids,
        ask_size.1 + ask_size.2 + ask_size.3 + ask_size.4 + ask_size.5
            + ask_size.6 + ask_size.7 + ask_size.8 + ask_size.9 + ask_size.10 AS asks
    FROM snapshots
    WHERE ts >= '{day_start}' AND ts < '{day_end}'
)
GROUP BY sym
ORDER BY sym
SETTINGS optimize_aggregation_in_order = 1
