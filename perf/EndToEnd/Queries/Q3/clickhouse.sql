-- Groups come in the order of the primary key, so that they need no hash table.
SELECT count(), sum(open), sum(high), sum(low), sum(close), sum(volume), sum(turnover)
FROM
(
    SELECT
        argMin(px, ts) AS open,
        max(px) AS high,
        min(px) AS low,
        argMax(px, ts) AS close,
        sum(qty) AS volume,
        sum(toDecimal64(px, 2) * qty) AS turnover
    FROM trades
    GROUP BY sym, toStartOfMinute(ts)
)
SETTINGS optimize_aggregation_in_order = 1
