// Proves that a live view which folds second bars of BTCUSD into minutes equals the minute bars of the same vendor:
// 1,419 of 1,419, all five fields (cross-check 6).
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealBars;

public sealed class CoinbaseBarsTest
{
    [Fact]
    public void Minutes_of_seconds_equal_the_vendors()
    {
        using var files = TickDatabase.OpenInMemory();
        DataFiles.Import(files, "seconds", DataFiles.Find("lean/crypto/coinbase/second", "*_trade.zip"));
        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "bars", DataFiles.Find("lean/crypto/coinbase/minute", "*_trade.zip"));
        var feed = new LiveFeed(files, database, ["seconds"]);
        feed.CreateTables();
        database.Execute(
            """
            CREATE MATERIALIZED VIEW made AS
            SELECT symbol, first(open) AS o, max(high) AS h, min(low) AS l, last(close) AS c, sum(volume) AS v
            FROM seconds SAMPLE BY 1m GROUP BY symbol
            """
        );
        feed.Run(ReplayOrder.Event, new Random(3), rowsMax: 5);
        var counts = DataFiles.Counts(
            database,
            """
            SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM bars),
                count(*) FILTER (WHERE o = open AND h = high AND l = low AND c = close AND v = volume)
            FROM made JOIN bars ON made.symbol = bars.symbol AND made.bar_open = bars.ts
            """
        );
        Assert.Equal([1419, 1419, 1419], counts);
    }
}
