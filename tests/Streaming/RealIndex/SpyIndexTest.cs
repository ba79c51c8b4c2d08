// Proves that index views over members of the S&P 500 equal a plain recomputation, row for row and bit for bit: all 503 holdings of the SPDR
// fund over two days on which the holdings change and a share is split, with rows that come late; and each trade (where the full set of data
// is not there, each minute) of AIG, BAC and IBM on two days, where one of them leaves. The level of the first also follows the published
// closes of the fund itself.
using System.Globalization;
using TickStore.Core;
using TickStore.Streaming;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealIndex;

public sealed class SpyIndexTest
{
    private const decimal FirstClose = 363.67m;
    private const decimal SecondClose = 362.06m;

    [Fact]
    public void All_members_over_a_change_of_the_holdings()
    {
        var (first, second) = FundFile.Read();
        Assert.Equal((503, 503), (first.Holdings.Length, second.Holdings.Length));
        var divisor = Math.Round(first.Holdings.Sum(h => h.Shares * first.CloseOf(h)) / FirstClose, 2);

        // Whoever brings shares gets new parts of the fund: it grows, and its level does not.
        var grown = Math.Round(divisor * second.SharesOf("AAPL") / first.SharesOf("AAPL"), 2);
        var (open, close) = (TimeOf("2020-11-27 20:00:00"), TimeOf("2020-11-30 20:00:00"));
        Change[] changes =
        [
            new(open, null, divisor),
            .. first.Holdings.Select(h => new Change(open, h.Ticker, h.Shares)),
            new(close, null, grown),
            .. second.Holdings.Select(h => new Change(close, h.Ticker, h.Shares)),
        ];
        Tick[] ticks = [.. Closes(first, open), .. Closes(second, close)];

        using var database = Create("px DECIMAL(18,2)");
        var random = new Random(20);
        var rows = changes.Select(Row).Concat(ticks.Select(Row));

        // A row comes up to 100 rows too late or too early; those of one table that come together are a commit.
        string[] order =
        [
            .. rows.Select((row, i) => (row, i + random.Next(100))).OrderBy(r => r.Item2).Select(r => r.row),
        ];
        for (var start = 0; start < order.Length; )
        {
            var table = TableOf(order[start]);
            var count = order.Skip(start).Take(random.Next(1, 13)).TakeWhile(r => TableOf(r) == table).Count();
            var values = order.Skip(start).Take(count).Select(r => r[(table.Length + 1)..]);
            database.Execute($"INSERT INTO {table} VALUES {string.Join(", ", values)}");
            start += count;
        }

        var expected = PlainIndex.Of(ticks, changes);
        Assert.Equal(1006, expected.Count);

        // As sets: rows of one time are in no order that a query promises.
        Assert.Equal(
            expected.Select(Text).Order(StringComparer.Ordinal),
            Rows(database, "SELECT ts, level, members, priced FROM idx").Order(StringComparer.Ordinal)
        );
        var seconds = expected.GroupBy(r => r.Time / 1_000_000_000, (_, r) => r.Last());
        Assert.Equal(
            seconds.Select(r => Text(r with { Time = ((r.Time / 1_000_000_000) + 1) * 1_000_000_000 })),
            Rows(database, "SELECT ts, level, members, priced FROM idx_1s ORDER BY ts")
        );

        // The fund closed at 362.06, 0.44 % lower; cash and fees are not in the basket.
        var level = decimal.Parse(expected[^1].Level, CultureInfo.InvariantCulture);
        Assert.InRange(level / SecondClose, 0.9997m, 1.0003m);
    }

    [Fact]
    public void Every_trade_of_three_members()
    {
        using var files = TickDatabase.OpenInMemory();
        var (folder, price) = DataFiles.IsFullSet
            ? ("lean/equity/usa/tick", "price")
            : ("lean/equity/usa/minute", "close");
        string[] paths =
        [
            .. DataFiles.Find(folder, "*_trade.zip").Where(p => !p.Contains("spy", StringComparison.Ordinal)),
        ];
        DataFiles.Import(files, "prices", paths);
        using var database = TickDatabase.OpenInMemory();
        var feed = new LiveFeed(files, database, ["prices"]);
        feed.CreateTables();
        database.Execute(Baskets);
        database.Execute($"CREATE INDEX VIEW idx MEMBERS members WEIGHT w PRICE {price} FROM prices DIVISOR divisors");

        // What the fund held later stands in for what it held then; IBM leaves for the second day.
        var (first, second) = FundFile.Read();
        var (open, close) = (TimeOf("2013-10-07 10:00:00"), TimeOf("2013-10-08 05:00:00"));
        Change[] changes =
        [
            new(open, null, 12_345_678.90m),
            .. Three(first).Select(h => new Change(open, h.Ticker, h.Shares)),
            new(close, null, 6_789_012.30m),
            .. Three(second).Select(h => new Change(close, h.Ticker, h.Ticker == "IBM" ? 0 : h.Shares)),
        ];
        foreach (var change in changes.Select(Row))
        {
            database.Execute($"INSERT INTO {TableOf(change)} VALUES {change[TableOf(change).Length..]}");
        }

        feed.Run(ReplayOrder.Event, new Random(21), rowsMax: 3000);

        var ticks = Rows(database, $"SELECT ts, upper(symbol::VARCHAR), {price} FROM prices ORDER BY ts, _seq")
            .Select(r => r.Split('|'))
            .Select(f => new Tick(TimeOf(f[0]), f[1], decimal.Parse(f[2], CultureInfo.InvariantCulture)));
        var expected = PlainIndex.Of(ticks, changes);
        Assert.True(expected.Count > (DataFiles.IsFullSet ? 300_000 : 1_500), $"{expected.Count} rows");
        Assert.Contains(expected, r => r is { Members: 3, Priced: 3 });
        Assert.Contains(expected, r => r is { Members: 2, Level.Length: > 0 });
        Assert.Equal(
            expected.Select(Text).Order(StringComparer.Ordinal),
            Rows(database, "SELECT ts, level, members, priced FROM idx").Order(StringComparer.Ordinal)
        );
    }

    private const string Baskets =
        "CREATE TABLE members (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, w DECIMAL(18,1)) EVENT TIME ts; "
        + "CREATE TABLE divisors (ts TIMESTAMP NOT NULL, divisor DECIMAL(18,2)) EVENT TIME ts; ";

    private static TickDatabase Create(string price)
    {
        var database = TickDatabase.OpenInMemory();
        database.Execute(
            Baskets
                + $"CREATE TABLE prices (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, {price}) EVENT TIME ts CLUSTER BY (sym); "
                + "CREATE INDEX VIEW idx MEMBERS members WEIGHT w PRICE px FROM prices DIVISOR divisors; "
                + "CREATE INDEX VIEW idx_1s MEMBERS members WEIGHT w PRICE px FROM prices DIVISOR divisors EMIT EVERY 1s;"
        );
        return database;
    }

    // A millisecond from one to the next, an hour after the basket.
    private static IEnumerable<Tick> Closes(FundFile file, long from) =>
        file.Holdings.Select((h, i) => new Tick(from + ((3600_000L + i * 7L) * 1_000_000), h.Ticker, file.CloseOf(h)));

    private static IEnumerable<Holding> Three(FundFile file) =>
        file.Holdings.Where(h => h.Ticker is "AIG" or "BAC" or "IBM");

    // The table and the values.
    private static string Row(Change change) =>
        change.Ticker is { } ticker
            ? $"members ('{Stamp(change.Time)}', '{ticker}', {Number(change.Value)})"
            : $"divisors ('{Stamp(change.Time)}', {Number(change.Value)})";

    private static string Row(Tick tick) => $"prices ('{Stamp(tick.Time)}', '{tick.Ticker}', {Number(tick.Price)})";

    private static string TableOf(string row) => row[..row.IndexOf(' ', StringComparison.Ordinal)];

    private static string Number(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Stamp(long nanos) => new TickTime(nanos).ToString();

    private static long TimeOf(string text) => TickTime.Parse(text).NanosSinceEpoch;

    private static string Text((long Time, string Level, int Members, int Priced) row) =>
        $"{Stamp(row.Time)}|{row.Level}|{row.Members}|{row.Priced}";

    private static IEnumerable<string> Rows(TickDatabase database, string sql)
    {
        using var result = database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r.Select(v => v ?? string.Empty)))];
    }
}
