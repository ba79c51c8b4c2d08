// Proves that running totals made by SQL from the trades of 600519 equal what the Shanghai exchange itself published in its
// snapshots (cross-check 7: count, turnover, high, low and last of 4,953 of 4,953 snapshots; the open of 4,952, for the
// snapshot of 09:25:01 has none yet).
namespace TickStore.Tests.Engine.CrossChecks;

public sealed class ExchangeSnapshotsTest
{
    [Fact]
    public void Running_totals_equal_the_exchanges_snapshots()
    {
        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "sh", DataFiles.Find("china-l2/600519_20230201", "20230201.zip"));
        database.Seal();
        var counts = DataFiles.Counts(
            database,
            """
            WITH running AS (
                SELECT price AS last_price,
                    count(*) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS trades,
                    sum(qty) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS volume,
                    sum(money) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS turnover,
                    first_value(price) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS open,
                    max(price) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS high,
                    min(price) OVER (ORDER BY _seq ROWS UNBOUNDED PRECEDING) AS low
                FROM sh_trades)
            SELECT (SELECT count(*) FROM sh_snapshots WHERE volume > 0), count(*),
                count(*) FILTER (WHERE s.trade_count = r.trades AND s.turnover = r.turnover AND s.high = r.high
                    AND s.low = r.low AND s.last = r.last_price),
                count(*) FILTER (WHERE s.open = r.open)
            FROM sh_snapshots s JOIN running r ON s.volume = r.volume
            """
        );
        Assert.Equal([4953, 4953, 4953, 4952], counts);
    }
}
