-- stddevSamp adds squares up and loses half of the digits; the stable form gives inf for a single bar.
SELECT count(), sum(mean), sumIf(deviation, isFinite(deviation))
FROM
(
    SELECT avg(close) OVER bars AS mean, stddevSampStable(close) OVER bars AS deviation
    FROM
    (
        SELECT sym, toStartOfMinute(ts) AS minute, toFloat64(argMax(px, ts)) AS close
        FROM trades
        WHERE ts >= '{day_start}' AND ts < '{day_end}'
        GROUP BY sym, minute
    )
    WINDOW bars AS (PARTITION BY sym ORDER BY minute ROWS BETWEEN 19 PRECEDING AND CURRENT ROW)
)
SETTINGS optimize_aggregation_in_order = 1
