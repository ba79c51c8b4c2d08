// Proves that the grid of the Shenzhen calendar is the one that bars are published on: each of the 240 one-minute bars a day of 000001 in
// January 2018 ends where a bar of the calendar ends, no bar of the calendar is missing, and folded to five minutes and to days there are
// as many as there should be, with the same volume.
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TickStore.Tests.Engine.CrossChecks;

public sealed class ChinaBarsTest
{
    [Fact]
    public void The_grid_is_the_published_one()
    {
        using var database = TickDatabase.OpenInMemory();
        database.Execute("CREATE TABLE bars (ts TIMESTAMP, trade_day INT, close DOUBLE, volume BIGINT) EVENT TIME ts");
        var insert = new StringBuilder();
        using (var file = File.OpenRead(DataFiles.Find("china-bars", "candle_201801.csv.gz")[0]))
        using (var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress)))
        {
            lines.ReadLine();
            while (lines.ReadLine() is { Length: > 0 } line)
            {
                // symbol, exchange, cycle, tradingDay, date, time, open, high, low, close, volume, turnover, unixTime
                var fields = line.Split(',');
                var time = DateTime.UnixEpoch.AddMilliseconds(long.Parse(fields[12], CultureInfo.InvariantCulture));
                insert.Append(insert.Length == 0 ? "INSERT INTO bars VALUES " : ", ");
                insert.Append(
                    CultureInfo.InvariantCulture,
                    $"('{time:yyyy-MM-dd HH:mm:ss}', {fields[3]}, {fields[9]}, {fields[10]})"
                );
            }
        }

        database.Execute(insert.ToString());
        database.Seal();

        // The published times are ends of bars, so a bar holds its end.
        var minutes = DataFiles.Counts(
            database,
            """
            WITH made AS (
                SELECT count(*) AS n, max(ts) AS published, bar_close, trade_date(bar_close, 'XSHE') AS day, max(trade_day) AS trade_day
                FROM bars SAMPLE BY 1m CALENDAR 'XSHE' CLOSED RIGHT LABEL CLOSE)
            SELECT count(*), count(*) FILTER (WHERE n = 1 AND published = bar_close), count(DISTINCT day),
                count(*) FILTER (WHERE extract(year FROM day) * 10000 + extract(month FROM day) * 100 + extract(day FROM day) = trade_day)
            FROM made
            """
        );
        var dayCount = minutes[2];
        Assert.True(dayCount >= 1);
        Assert.Equal([dayCount * 240, dayCount * 240, dayCount, dayCount * 240], minutes);
        if (DataFiles.IsFullSet)
        {
            Assert.Equal(21, dayCount);
        }

        foreach (var (width, barsOfDay) in ((string, int)[])[("5m", 48), ("1h", 4), ("1d", 1)])
        {
            var folded = DataFiles.Counts(
                database,
                $"""
                SELECT count(*), sum(v) - (SELECT sum(volume) FROM bars)
                FROM (SELECT sum(volume) AS v FROM bars SAMPLE BY {width} CALENDAR 'XSHE' CLOSED RIGHT) x
                """
            );
            Assert.Equal([dayCount * barsOfDay, 0], folded);
        }
    }
}
