-- arg_min by epoch_ns: over BIGINT it is a fast path, over TIMESTAMP_NS it is not.
SELECT count(*), sum(open), sum(high), sum(low), sum(close), sum(volume)::BIGINT, sum(turnover)
FROM (
    SELECT
        arg_min(px, epoch_ns(ts)) AS open,
        max(px) AS high,
        min(px) AS low,
        arg_max(px, epoch_ns(ts)) AS close,
        sum(qty) AS volume,
        sum(px * qty) AS turnover
    FROM trades
    GROUP BY sym, epoch_ns(ts) // 60000000000
)
