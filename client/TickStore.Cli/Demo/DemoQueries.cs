namespace TickStore.Cli;

/// <summary>The stages of the demo that ask: K-lines, a comparison with somebody else's bars, an ASOF join.</summary>
internal static class DemoQueries
{
    private const int CandlesMax = 120;

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>Draws one-minute K-lines.</summary>
    public static void ShowBars(DemoStage stage)
    {
        stage.Begin("K-lines by SQL");
        var count = Math.Clamp(Terminal.Width - CandleChart.AxisColumns, 30, CandlesMax);
        using var result = stage.Query(
            $"""
            SELECT bar_open, b.open::DOUBLE, b.high::DOUBLE, b.low::DOUBLE, b.close::DOUBLE, b.volume::DOUBLE
            FROM (SELECT ohlcv(price, qty) AS b FROM s600519_trades
                  WHERE ts >= TIMESTAMP '2023-02-01T09:30:00+08:00' SAMPLE BY 1m)
            ORDER BY bar_open LIMIT {count}
            """
        );
        var candles = Candle.Read(result);
        new CandleChart(candles, Terminal.HasColors).Write(stage.Output, priceDecimals: 2, China);
        stage.Say($"600519, {candles.Count} minutes from 09:30 in Shanghai; below, shares traded.");
    }

    /// <summary>Compares our bars with the vendor's.</summary>
    /// <returns>True where all are equal.</returns>
    public static bool CompareWithVendor(DemoStage stage)
    {
        stage.Begin("The same bars as somebody else's");
        using var result = stage.Query(
            """
            SELECT count(*) AS bars, count(*) FILTER (WHERE
                o.bo = v.bid_open AND o.bh = v.bid_high AND o.bl = v.bid_low AND o.bc = v.bid_close AND
                o.ao = v.ask_open AND o.ah = v.ask_high AND o.al = v.ask_low AND o.ac = v.ask_close) AS equal
            FROM eurusd_vendor v LEFT JOIN (
              SELECT bar_open, first(bid) AS bo, max(bid) AS bh, min(bid) AS bl, last(bid) AS bc,
                     first(ask) AS ao, max(ask) AS ah, min(ask) AS al, last(ask) AS ac
              FROM eurusd SAMPLE BY 1m) o ON o.bar_open = v.ts
            """
        );
        var row = result.ToTextRows()[0];
        stage.Say($"{row[1]}/{row[0]} bars equal the vendor's, all eight prices of each");
        return row[0] == row[1];
    }

    /// <summary>Shows trades with the snapshot that was last known.</summary>
    public static void ShowAsof(DemoStage stage)
    {
        stage.Begin("Each trade with the book before it (ASOF join)");
        using var result = stage.Query(
            """
            SELECT t.ts, t.side, t.price, t.qty, s.bid[1] AS best_bid, s.ask[1] AS best_ask, t.ts - s.ts AS age
            FROM s600519_trades t ASOF JOIN s600519_snapshots s ON t.symbol = s.symbol AND t.ts >= s.ts
            WHERE t.ts >= TIMESTAMP '2023-02-01T10:00:00+08:00'
            ORDER BY t.ts, t._seq LIMIT 8
            """
        );
        TextTable.Write(result, stage.Output, isTerminal: false, stage.CancellationToken);
        stage.Output.Flush();
    }
}
