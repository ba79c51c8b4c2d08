SELECT count(*), sum(mean), sum(deviation)
FROM (
    SELECT avg(close) OVER bars AS mean, stddev_samp(close) OVER bars AS deviation
    FROM (
        SELECT sym, epoch_ns(ts) // 60000000000 AS minute, arg_max(px, epoch_ns(ts))::DOUBLE AS close
        FROM trades
        WHERE ts >= '{day_start}' AND ts < '{day_end}'
        GROUP BY sym, minute
    )
    WINDOW bars AS (PARTITION BY sym ORDER BY minute ROWS 19 PRECEDING)
)
