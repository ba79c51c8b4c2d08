// Proves that five-minute bars made by SQL from CFFEX index-future ticks equal bars that were stored elsewhere (cross-check
// 10: 48 of 48, all seven fields). The rules are the exchange's: bars are labelled by their end, the auction tick belongs to
// the first bar, ticks at and after the end of a session to its last bar, volume and turnover are differences of the day's
// totals, and a day-high (low) that just rose (fell) counts for its bar even where no tick traded at it.
namespace TickStore.Tests.Engine.CrossChecks;

public sealed class CffexBarsTest
{
    [Fact]
    public void Five_minute_bars_equal_the_published_ones()
    {
        using var database = TickDatabase.OpenInMemory();
        DataFiles.Import(database, "ticks", DataFiles.Find("cffex-if", "*tick_20210105.dsb"));
        DataFiles.Import(database, "bars", DataFiles.Find("cffex-if", "*m5_20210105.csv"));
        database.Seal();

        // Times are UTC: 09:30 in Shanghai is 01:30.
        using var made = database.Query(
            """
            WITH marked AS (
                SELECT _seq AS seq, price, total_volume, total_turnover, open_interest,
                    CASE WHEN high > lag(high) OVER (ORDER BY _seq) THEN high END AS new_high,
                    CASE WHEN low < lag(low) OVER (ORDER BY _seq) THEN low END AS new_low,
                    CASE WHEN ts < TIMESTAMP '2021-01-05 01:35' THEN TIMESTAMP '2021-01-05 01:35'
                        WHEN ts >= TIMESTAMP '2021-01-05 03:30' AND ts < TIMESTAMP '2021-01-05 05:00'
                            THEN TIMESTAMP '2021-01-05 03:30'
                        WHEN ts >= TIMESTAMP '2021-01-05 07:00' THEN TIMESTAMP '2021-01-05 07:00'
                        ELSE time_bucket(5m, ts) + INTERVAL '5 minutes' END AS bar
                FROM ticks),
            placed AS (
                SELECT *, row_number() OVER (PARTITION BY bar ORDER BY seq) AS place,
                    row_number() OVER (PARTITION BY bar ORDER BY seq DESC) AS place_from_end
                FROM marked),
            folded AS (
                SELECT bar, max(price) FILTER (WHERE place = 1) AS o, greatest(max(price), max(new_high)) AS h,
                    least(min(price), min(new_low)) AS l, max(price) FILTER (WHERE place_from_end = 1) AS c,
                    max(total_volume) AS volume_so_far, max(total_turnover) AS turnover_so_far,
                    max(open_interest) FILTER (WHERE place_from_end = 1) AS oi
                FROM placed GROUP BY bar)
            SELECT bar, o, h, l, c,
                volume_so_far - coalesce(lag(volume_so_far) OVER (ORDER BY bar), 0),
                turnover_so_far - coalesce(lag(turnover_so_far) OVER (ORDER BY bar), 0), oi
            FROM folded ORDER BY bar
            """
        );
        var rows = made.ToTextRows();
        var published = File.ReadAllLines(DataFiles.Find("cffex-if", "*m5_20210105.csv")[0])
            .Skip(1)
            .Where(l => l.Length > 0)
            .ToList();
        Assert.Equal(48, rows.Count);
        Assert.Equal(48, published.Count);
        var equal = rows.Zip(published).Count(p => Fields(p.First).SequenceEqual(Fields(p.Second)));
        Assert.Equal(48, equal);
    }

    private static IEnumerable<decimal> Fields(string?[] row) => row.Skip(1).Select(Value);

    private static IEnumerable<decimal> Fields(string line) => line.Split(',').Skip(2).Select(Value);

    // The published turnovers carry the last bits of somebody's differences of doubles (2556489120.000004); money has cents.
    private static decimal Value(string? field) => Math.Round(decimal.Parse(field!), 2);
}
