-- The symbols come by leaping through the index; then one more leap for each.
WITH RECURSIVE symbols (sym) AS (
    (SELECT sym FROM snapshots ORDER BY sym LIMIT 1)
    UNION ALL
    SELECT (SELECT snapshots.sym FROM snapshots WHERE snapshots.sym > symbols.sym ORDER BY snapshots.sym LIMIT 1)
    FROM symbols WHERE symbols.sym IS NOT NULL
)
SELECT
    count(*),
    sum(bid1 + bid2 + bid3 + bid4 + bid5 + bid6 + bid7 + bid8 + bid9 + bid10) * 0.01,
    sum(ask1 + ask2 + ask3 + ask4 + ask5 + ask6 + ask7 + ask8 + ask9 + ask10) * 0.01,
    sum(bid_size1 + bid_size2 + bid_size3 + bid_size4 + bid_size5 + bid_size6 + bid_size7 + bid_size8 + bid_size9 + bid_size10),
    sum(ask_size1 + ask_size2 + ask_size3 + ask_size4 + ask_size5 + ask_size6 + ask_size7 + ask_size8 + ask_size9 + ask_size10)
FROM symbols
CROSS JOIN LATERAL (
    SELECT * FROM snapshots WHERE snapshots.sym = symbols.sym AND ts <= {at_nanos} ORDER BY ts DESC LIMIT 1
) AS latest
