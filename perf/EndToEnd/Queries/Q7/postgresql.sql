-- One sort of trades and quotes together, each quote beginning a group of the trades that follow it: half the time of a leap into
-- the quotes' index for every trade. At one stamp the quote comes first.
SELECT count(*), avg((ask - bid)::float8) / 100, avg(abs(2 * px - bid - ask)::float8) / 100
FROM (
    SELECT px, first_value(bid) OVER quoted AS bid, first_value(ask) OVER quoted AS ask
    FROM (
        SELECT sym, ts, px, bid, ask, count(bid) OVER (PARTITION BY sym ORDER BY ts, px NULLS FIRST) AS quote
        FROM (
            SELECT sym, ts, px, NULL::integer AS bid, NULL::integer AS ask
            FROM trades
            WHERE ts >= {day_start_nanos} AND ts < {day_end_nanos}
            UNION ALL
            SELECT sym, ts, NULL, bid, ask
            FROM quotes
            WHERE ts >= {day_start_nanos} AND ts < {day_end_nanos}
        ) AS events
    ) AS counted
    WINDOW quoted AS (PARTITION BY sym, quote ORDER BY ts, px NULLS FIRST)
) AS matched
WHERE px IS NOT NULL AND bid IS NOT NULL
