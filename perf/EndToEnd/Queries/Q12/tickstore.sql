SELECT ts, sym, px, qty, side FROM trades WHERE ts >= TIMESTAMP '{day_start}' AND ts < TIMESTAMP '{day_end}' ORDER BY ts
