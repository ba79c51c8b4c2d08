// Proves that running totals kept live over the trades of 600519, one trade a commit, pass through exactly the states that the Shanghai
// exchange itself published in its snapshots (cross-check 7): count, turnover, high, low and last of 4,953 of 4,953
// snapshots; the open of 4,952, for the snapshot of 09:25:01 has none yet.
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealBars;

public sealed class ExchangeTotalsTest
{
    [Fact]
    public void Running_totals_equal_the_exchanges_snapshots()
    {
        using var files = TickDatabase.OpenInMemory();
        DataFiles.Import(files, "sh", DataFiles.Find("china-l2/600519_20230201", "20230201.zip"));
        using var database = TickDatabase.OpenInMemory();
        var states = new Dictionary<string, string>();
        var feed = new LiveFeed(files, database, ["sh_trades"])
        {
            Committed = _ =>
            {
                using var totals = database.Query("SELECT volume, trades, turnover, high, low, last, open FROM totals");
                var row = Assert.Single(totals.ToTextRows());
                states[row[0]!] = string.Join('|', row.Skip(1));
            },
        };
        feed.CreateTables();
        database.Execute(
            """
            CREATE MATERIALIZED VIEW totals AS
            SELECT symbol, count(*) AS trades, sum(qty) AS volume, sum(money) AS turnover, first(price) AS open, max(price) AS high,
                min(price) AS low, last(price) AS last
            FROM sh_trades GROUP BY symbol
            """
        );
        feed.Run(ReplayOrder.Ingest, new Random(4), rowsMax: 1);
        using var snapshots = files.Query(
            "SELECT volume, trade_count, turnover, high, low, last, open FROM sh_snapshots WHERE volume > 0"
        );
        var (count, equal, equalOpen) = (0, 0, 0);
        foreach (var row in snapshots.ToTextRows())
        {
            count++;
            var state = states.GetValueOrDefault(row[0]!, string.Empty).Split('|');
            equal += state.Take(5).SequenceEqual(row.Skip(1).Take(5)) ? 1 : 0;
            equalOpen += state[^1] == row[6] ? 1 : 0;
        }

        Assert.Equal((4953, 4953, 4952), (count, equal, equalOpen));
    }
}
