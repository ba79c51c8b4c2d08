// Proves that live minute bars of COMEX gold, all contract months in one feed, equal the vendor's in all five fields (cross-check 5: 1,500
// and 1,537). Fed once in the order of time, and once contract by contract, so that nearly every tick comes late and corrects.
// The last line of each contract's file is left out where it repeats the line before it, as the vendor did.
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealBars;

public sealed class GoldBarsTest
{
    [Theory]
    [InlineData("20131007", 1500, ReplayOrder.Event)]
    [InlineData("20131007", 1500, ReplayOrder.Ingest)]
    [InlineData("20131008", 1537, ReplayOrder.Event)]
    public void Live_minute_bars_equal_the_vendors(string day, int count, ReplayOrder order)
    {
        if (!DataFiles.IsFullSet)
        {
            // The sample inside the repository has the first day.
            (day, count) = ("20131007", 1500);
        }

        using var files = TickDatabase.OpenInMemory();
        DataFiles.Import(files, "ticks", DataFiles.Find("lean/future/comex/tick/gc", $"{day}_trade.zip"));
        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "bars", DataFiles.Find("lean/future/comex/minute/gc", $"{day}_trade.zip"));
        var feed = new LiveFeed(files, database, ["ticks"]) { LeftOut = RepeatedLastLines(files) };
        feed.CreateTables();
        database.Execute(
            """
            CREATE MATERIALIZED VIEW made AS
            SELECT contract_month, first(price) AS o, max(price) AS h, min(price) AS l, last(price) AS c, sum(size) AS v
            FROM ticks SAMPLE BY 1m GROUP BY contract_month
            """
        );
        feed.Run(order, new Random(2), rowsMax: 30);
        var counts = DataFiles.Counts(
            database,
            """
            SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM bars),
                count(*) FILTER (WHERE o = open AND h = high AND l = low AND c = close AND v = volume)
            FROM made JOIN bars ON made.contract_month = bars.contract_month AND made.bar_open = bars.ts
            """
        );
        Assert.Equal([count, count, count], counts);
    }

    private static HashSet<long> RepeatedLastLines(TickDatabase files)
    {
        using var result = files.Query(
            """
            SELECT seq FROM (
                SELECT ts, _seq AS seq, price, size,
                    lag(ts) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_ts,
                    lag(price) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_price,
                    lag(size) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_size,
                    lead(ts) OVER (PARTITION BY contract_month ORDER BY _seq) AS next_ts
                FROM ticks) lines
            WHERE next_ts IS NULL AND ts = last_ts AND price = last_price AND size = last_size
            """
        );
        return [.. result.ToTextRows().Select(r => long.Parse(r[0]!))];
    }
}
