// Proves that live five-minute bars of CFFEX index-future ticks, over the exchange's calendar, equal bars that were
// stored elsewhere (cross-check 10: 48 of 48, all seven fields): a view marks where the day's high or low just moved,
// and a view on it makes the bars. The auction tick belongs to the first bar, ticks at and after the end of a session
// to its last.
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealBars;

public sealed class CffexBarsTest
{
    [Fact]
    public void Live_five_minute_bars_equal_the_published_ones()
    {
        using var files = TickDatabase.OpenInMemory();
        DataFiles.Import(files, "ticks", DataFiles.Find("cffex-if", "*tick_20210105.dsb"));
        using var database = TickDatabase.OpenInMemory();
        var feed = new LiveFeed(files, database, ["ticks"]);
        feed.CreateTables();
        database.Execute(
            """
            CREATE MATERIALIZED VIEW marked AS
            SELECT ts, symbol, price, total_volume, total_turnover, open_interest,
                CASE WHEN high > prev(high) THEN high END AS new_high, CASE WHEN low < prev(low) THEN low END AS new_low
            FROM ticks CONTEXT BY symbol ORDER BY ts;
            CREATE MATERIALIZED VIEW made AS
            SELECT symbol, first(price) AS o, greatest(max(price), max(new_high)) AS h, least(min(price), min(new_low)) AS l,
                last(price) AS c, max(total_volume) AS volume_so_far, max(total_turnover) AS turnover_so_far, last(open_interest) AS oi
            FROM marked SAMPLE BY 5m CALENDAR 'CFFEX' GROUP BY symbol
            """
        );
        feed.Run(ReplayOrder.Ingest, new Random(5), rowsMax: 4);
        using var made = database.Query(
            """
            SELECT bar_close, o, h, l, c, volume_so_far - coalesce(lag(volume_so_far) OVER (ORDER BY bar_close), 0),
                turnover_so_far - coalesce(lag(turnover_so_far) OVER (ORDER BY bar_close), 0), oi
            FROM made ORDER BY bar_close
            """
        );
        var rows = made.ToTextRows();
        var published = File.ReadAllLines(DataFiles.Find("cffex-if", "*m5_20210105.csv")[0])
            .Skip(1)
            .Where(l => l.Length > 0)
            .ToList();
        Assert.Equal(48, rows.Count);
        Assert.Equal(48, published.Count);
        Assert.Equal(48, rows.Zip(published).Count(p => Fields(p.First).SequenceEqual(Fields(p.Second))));
    }

    private static IEnumerable<decimal> Fields(string?[] row) => row.Skip(1).Select(Value);

    private static IEnumerable<decimal> Fields(string line) => line.Split(',').Skip(2).Select(Value);

    // The published turnovers carry the last bits of somebody's differences of doubles (2556489120.000004); money has cents.
    private static decimal Value(string? field) => Math.Round(decimal.Parse(field!), 2);
}
