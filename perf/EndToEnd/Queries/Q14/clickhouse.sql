-- The last stamps first, from one column; the forty wide columns are read only where such a stamp is.
SELECT
    count(),
    sum(bid.1 + bid.2 + bid.3 + bid.4 + bid.5 + bid.6 + bid.7 + bid.8 + bid.9 + bid.10),
    sum(ask.1 + ask.2 + ask.3 + ask.4 + ask.5 + ask.6 + ask.7 + ask.8 + ask.9 + ask.10),
    sum(bid_size.1 + bid_size.2 + bid_size.3 + bid_size.4 + bid_size.5
        + bid_size.6 + bid_size.7 + bid_size.8 + bid_size.9 + bid_size.10),
    sum(ask_size.1 + ask_size.2 + ask_size.3 + ask_size.4 + ask_size.5
        + ask_size.6 + ask_size.7 + ask_size.8 + ask_size.9 + ask_size.10)
FROM
(
    SELECT bid, ask, bid_size, ask_size
    FROM snapshots
    PREWHERE ts IN (SELECT max(ts) FROM snapshots WHERE ts <= '{at}' GROUP BY sym)
    ORDER BY sym, ts DESC
    LIMIT 1 BY sym
)
