-- arg_min by epoch_ns: over BIGINT it is a fast path, over TIMESTAMP_NS it is not. The cast of the symbol lets zone maps prune.
SELECT
    epoch_ns(ts) // 60000000000 * 60000000000 AS minute,
    arg_min(px, epoch_ns(ts)),
    max(px),
    min(px),
    arg_max(px, epoch_ns(ts)),
    sum(qty)::BIGINT,
    sum(px * qty),
    sum(px * qty)::DOUBLE / sum(qty)
FROM trades
WHERE sym = '{symbol}'::symbol AND ts >= '{day_start}' AND ts < '{day_end}'
GROUP BY minute
ORDER BY minute
