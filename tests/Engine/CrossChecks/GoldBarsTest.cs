// Proves that minute bars made by SQL from COMEX gold ticks equal the vendor's, for every contract month and all five fields
// (cross-check 5: 1,500 of 1,500 and 1,537 of 1,537). The last line of each contract's file is left out where it repeats
// the line before it, as the vendor did.
namespace TickStore.Tests.Engine.CrossChecks;

public sealed class GoldBarsTest
{
    [Theory]
    [InlineData("20131007", 1500)]
    [InlineData("20131008", 1537)]
    public void Minute_bars_equal_the_vendors(string day, int count)
    {
        if (!DataFiles.IsFullSet)
        {
            // The sample inside the repository has the first day.
            (day, count) = ("20131007", 1500);
        }

        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "ticks", DataFiles.Find("lean/future/comex/tick/gc", $"{day}_trade.zip"));
        DataFiles.Import(database, "bars", DataFiles.Find("lean/future/comex/minute/gc", $"{day}_trade.zip"));
        database.Seal();
        var counts = DataFiles.Counts(
            database,
            """
            WITH numbered AS (
                SELECT contract_month, ts, _seq AS seq, price, size,
                    lag(ts) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_ts,
                    lag(price) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_price,
                    lag(size) OVER (PARTITION BY contract_month ORDER BY _seq) AS last_size,
                    lead(ts) OVER (PARTITION BY contract_month ORDER BY _seq) AS next_ts
                FROM ticks),
            kept AS (
                SELECT contract_month, time_bucket(1m, ts) AS bar, seq, price, size,
                    row_number() OVER (PARTITION BY contract_month, time_bucket(1m, ts) ORDER BY seq) AS place,
                    row_number() OVER (PARTITION BY contract_month, time_bucket(1m, ts) ORDER BY seq DESC) AS place_from_end
                FROM numbered
                WHERE NOT (next_ts IS NULL AND ts = last_ts AND price = last_price AND size = last_size) OR last_ts IS NULL),
            made AS (
                SELECT contract_month, bar, max(price) FILTER (WHERE place = 1) AS o, max(price) AS h, min(price) AS l,
                    max(price) FILTER (WHERE place_from_end = 1) AS c, sum(size) AS v
                FROM kept GROUP BY contract_month, bar)
            SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM bars),
                count(*) FILTER (WHERE o = open AND h = high AND l = low AND c = close AND v = volume)
            FROM made JOIN bars ON made.contract_month = bars.contract_month AND made.bar = bars.ts
            """
        );
        Assert.Equal([count, count, count], counts);
    }
}
