// Proves that five-minute bars made by SQL from CFFEX index-future ticks equal bars that were stored elsewhere (cross-check
// 10: 48 of 48, all seven fields). The rules are the exchange's: bars are labelled by their end, the auction tick belongs to
// the first bar, ticks at and after the end of a session to its last bar, volume and turnover are differences of the day's
// totals, and a day-high (low) that just rose (fell) counts for its bar even where no tick traded at it.
using System.Globalization;

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

        // The calendar alone puts the auction tick, those at 11:30:00 and those at and after 15:00:00 where the exchange has them.
        using var made = database.Query(
            """
            WITH marked AS (
                SELECT ts, price, total_volume, total_turnover, open_interest,
                    CASE WHEN high > lag(high) OVER (ORDER BY ts, _seq) THEN high END AS new_high,
                    CASE WHEN low < lag(low) OVER (ORDER BY ts, _seq) THEN low END AS new_low
                FROM ticks),
            folded AS (
                SELECT bar_close AS bar, first(price) AS o, greatest(max(price), max(new_high)) AS h,
                    least(min(price), min(new_low)) AS l, last(price) AS c,
                    max(total_volume) AS volume_so_far, max(total_turnover) AS turnover_so_far, last(open_interest) AS oi
                FROM marked SAMPLE BY 5m CALENDAR 'CFFEX' LABEL CLOSE)
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

        // The bars' ends are the published times, which are Shanghai's.
        var ends = rows.Select(r => DateTime.Parse(r[0]!, CultureInfo.InvariantCulture).ToUniversalTime().AddHours(8));
        var times = published.Select(l => DateTime.Parse(l[..19].Replace(',', ' '), CultureInfo.InvariantCulture));
        Assert.Equal(times, ends);
    }

    private static IEnumerable<decimal> Fields(string?[] row) => row.Skip(1).Select(Value);

    private static IEnumerable<decimal> Fields(string line) => line.Split(',').Skip(2).Select(Value);

    // The published turnovers carry the last bits of somebody's differences of doubles (2556489120.000004); money has cents.
    private static decimal Value(string? field) => Math.Round(decimal.Parse(field!), 2);
}
