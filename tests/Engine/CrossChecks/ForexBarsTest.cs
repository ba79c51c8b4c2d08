// Proves that bars made by SQL from EURUSD ticks of two brokers equal the second and minute bars that the data vendor built
// from the same feed: all eight prices of every bar, and no bar more or less (cross-check 1 of the data's README:
// 101,589 of 101,589 second bars and 8,433 of 8,433 minute bars).
namespace TickStore.Tests.Engine.CrossChecks;

public sealed class ForexBarsTest
{
    [Theory]
    [InlineData("second", "1s", 101_589)]
    [InlineData("minute", "1m", 8_433)]
    public void Bars_equal_the_vendors(string resolution, string width, int fullCount)
    {
        long equal = 0;
        foreach (var broker in DataFiles.IsFullSet ? (string[])["oanda", "fxcm"] : ["oanda"])
        {
            using var database = TickDatabase.OpenInMemory();
            DataFiles.Import(database, "ticks", DataFiles.Find($"lean/forex/{broker}/tick", "*_quote.zip"));
            DataFiles.Import(database, "bars", DataFiles.Find($"lean/forex/{broker}/{resolution}", "*_quote.zip"));
            database.Seal();
            var counts = DataFiles.Counts(
                database,
                $"""
                WITH made AS (
                    SELECT symbol, time_bucket({width}, ts) AS ts,
                        first(bid) AS bo, max(bid) AS bh, min(bid) AS bl, last(bid) AS bc,
                        first(ask) AS ao, max(ask) AS ah, min(ask) AS al, last(ask) AS ac
                    FROM ticks GROUP BY symbol, time_bucket({width}, ts))
                SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM bars),
                    count(*) FILTER (WHERE bo = bid_open AND bh = bid_high AND bl = bid_low AND bc = bid_close
                        AND ao = ask_open AND ah = ask_high AND al = ask_low AND ac = ask_close)
                FROM made JOIN bars ON made.symbol = bars.symbol AND made.ts = bars.ts
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
