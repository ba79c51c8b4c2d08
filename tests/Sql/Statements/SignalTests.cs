// Proves what index views and alerts give, on rows few enough to reckon by hand and, for an index, against a plain recomputation that
// looks up every price anew; and what they refuse, and where.
using TickStore.Core;

namespace TickStore.Tests.Sql.Statements;

public sealed class SignalTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public SignalTests() =>
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP, sym SYMBOL, px DECIMAL(18,2), qty BIGINT, x DOUBLE) EVENT TIME ts LATENESS 1s CLUSTER BY (sym);"
                + "CREATE TABLE m (ts TIMESTAMP, sym SYMBOL, w DECIMAL(9,3)) EVENT TIME ts CLUSTER BY (sym);"
                + "CREATE TABLE d (ts TIMESTAMP, divisor BIGINT) EVENT TIME ts;"
                + "INSERT INTO m VALUES ('2026-03-02 09:00', 'A', 1), ('2026-03-02 09:00', 'B', 0.5), ('2026-03-02 09:00', 'C', 0);"
                + "INSERT INTO d VALUES ('2026-03-02 09:00', 2)"
        );

    public void Dispose() => database.Dispose();

    private List<string> Rows(string sql)
    {
        using var result = database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r))];
    }

    [Fact]
    public void An_index_follows_ticks_weights_and_divisors()
    {
        database.Execute("CREATE INDEX VIEW i MEMBERS m WEIGHT w PRICE px FROM t DIVISOR d");
        database.Execute(
            "INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 10, 1, 0), ('2026-03-02 09:30:01', 'C', 99, 1, 0),"
                + "('2026-03-02 09:30:02', 'B', 20, 1, 0), ('2026-03-02 09:30:04', 'A', 12, 1, 0)"
        );
        Assert.Equal(
            ["NULL|2|1", "10|2|2", "11|2|2"],
            Rows("SELECT coalesce(level::VARCHAR, 'NULL'), members, priced FROM i ORDER BY ts")
        );
        // Three at once: a tick between two, C joins after the first ticks, and the divisor halves at the last.
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:03', 'B', 24, 1, 0)");
        database.Execute(
            "INSERT INTO m VALUES ('2026-03-02 09:30:03', 'C', 1); INSERT INTO d VALUES ('2026-03-02 09:30:04', 1)"
        );
        Assert.Equal(
            [
                "2026-03-02T09:30:00Z|",
                "2026-03-02T09:30:02Z|10",
                "2026-03-02T09:30:03Z|60.5",
                "2026-03-02T09:30:04Z|123",
            ],
            Rows("SELECT ts, level FROM i ORDER BY ts")
        );
    }

    [Fact]
    public void An_index_equals_a_plain_recomputation()
    {
        var random = new Random(5);
        string[] symbols = ["A", "B", "C"];
        var start = new DateTime(2026, 3, 2, 9, 30, 0, DateTimeKind.Utc);
        database.Execute(
            "CREATE INDEX VIEW i MEMBERS m WEIGHT w PRICE px FROM t DIVISOR d; CREATE INDEX VIEW s MEMBERS m WEIGHT w PRICE px FROM t DIVISOR d EMIT EVERY 5s"
        );
        var ticks = new List<(DateTime Time, int Order, string Symbol, decimal Price)>();
        var weights = symbols
            .Select((s, i) => (Time: start.AddMinutes(-30), Order: i, Symbol: s, Weight: new[] { 1m, 0.5m, 0m }[i]))
            .ToList();
        var divisors = new List<(DateTime Time, int Order, decimal Value)> { (start.AddMinutes(-30), 0, 2) };
        for (var n = 0; n < 400; n++)
        {
            var time = start.AddSeconds(n + (random.Next(8) == 0 ? -random.Next(60) : 0));
            var symbol = symbols[random.Next(3)];
            var text = $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss}'";
            if (random.Next(25) == 0)
            {
                var weight = random.Next(3) / 4m;
                weights.Add((time, n + 10, symbol, weight));
                database.Execute($"INSERT INTO m VALUES ({text}, '{symbol}', {weight})");
            }
            else if (random.Next(50) == 0)
            {
                divisors.Add((time, n + 10, 1 + random.Next(4)));
                database.Execute($"INSERT INTO d VALUES ({text}, {divisors[^1].Value})");
            }
            else
            {
                var price = 1000 + random.Next(100);
                ticks.Add((time, n, symbol, price));
                database.Execute($"INSERT INTO t VALUES ({text}, '{symbol}', {price}, {n}, 0)");
            }
        }

        var expected = new List<(DateTime Time, double? Level)>();
        foreach (var tick in ticks.OrderBy(t => t.Time).ThenBy(t => t.Order))
        {
            var inEffect = symbols.ToDictionary(
                s => s,
                s =>
                    weights
                        .Where(w => w.Symbol == s && w.Time <= tick.Time)
                        .OrderBy(w => w.Time)
                        .ThenBy(w => w.Order)
                        .Last()
                        .Weight
            );
            if (inEffect[tick.Symbol] == 0)
            {
                continue;
            }

            var sum = 0m;
            var isWhole = true;
            foreach (var (symbol, weight) in inEffect.Where(w => w.Value != 0))
            {
                var last = ticks
                    .Where(t => t.Symbol == symbol && (t.Time, t.Order).CompareTo((tick.Time, tick.Order)) <= 0)
                    .OrderBy(t => t.Time)
                    .ThenBy(t => t.Order)
                    .LastOrDefault();
                isWhole &= last.Symbol is not null;
                sum += weight * last.Price;
            }

            var divisor = divisors
                .Where(x => x.Time <= tick.Time)
                .OrderBy(x => x.Time)
                .ThenBy(x => x.Order)
                .Last()
                .Value;
            expected.Add((tick.Time, isWhole ? (double)(sum / divisor) : null));
        }

        var found = Rows("SELECT level FROM i ORDER BY ts, members");
        Assert.Equal(
            expected.Select(e => (e.Time, Math.Round(e.Level ?? -1, 9))).Order(),
            Rows("SELECT ts, coalesce(level, -1) FROM i")
                .Select(r => r.Split('|'))
                .Select(r =>
                    (
                        DateTime.Parse(r[0], null, System.Globalization.DateTimeStyles.RoundtripKind),
                        Math.Round(double.Parse(r[1]), 9)
                    )
                )
                .Order()
        );
        Assert.Equal(expected.Count, found.Count);
        Assert.Equal(
            expected.Select(e => e.Time.Ticks / (5 * TimeSpan.TicksPerSecond)).Distinct().Count(),
            Rows("SELECT ts FROM s").Count
        );
    }

    [Fact]
    public void An_alert_fires_once_the_condition_has_held()
    {
        database.Execute(
            "CREATE ALERT a AS SELECT sym, ts, px FROM t WHERE px > 10 KEY (sym) FOR 3s REARM WHEN px < 9"
        );
        database.Execute(
            "INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 11, 1, 0), ('2026-03-02 09:30:02', 'A', 12, 1, 0),"
                + "('2026-03-02 09:30:02', 'B', 12, 1, 0), ('2026-03-02 09:30:04', 'A', 8, 1, 0)"
        );
        Assert.Equal(["A|2026-03-02T09:30:02Z|12.00|2026-03-02T09:30:03Z"], Rows("SELECT * FROM a"));
        // Time alone, by a row of another symbol, is enough; and a late row that broke the condition takes the firing back.
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:06', 'C', 1, 1, 0)");
        Assert.Equal(
            ["A|2026-03-02T09:30:03Z", "B|2026-03-02T09:30:05Z"],
            Rows("SELECT sym, fired_at FROM a ORDER BY sym")
        );
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:30:01', 'A', 10, 1, 0)");
        Assert.Equal(["B|2026-03-02T09:30:05Z"], Rows("SELECT sym, fired_at FROM a ORDER BY sym"));
    }

    [Fact]
    public void An_alert_waits_to_be_armed_and_keeps_its_rate()
    {
        database.Execute(
            "CREATE ALERT armed AS SELECT ts, px FROM t WHERE px > 10 REARM WHEN px < 5; CREATE ALERT rare AS SELECT ts, px FROM t WHERE px > 10 AT MOST 1 PER 1m"
        );
        database.Execute(
            "INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 11, 1, 0), ('2026-03-02 09:30:01', 'A', 9, 1, 0), ('2026-03-02 09:30:02', 'A', 12, 1, 0),"
                + "('2026-03-02 09:30:03', 'A', 4, 1, 0), ('2026-03-02 09:30:04', 'A', 13, 1, 0), ('2026-03-02 09:31:10', 'A', 1, 1, 0),"
                + "('2026-03-02 09:31:11', 'A', 14, 1, 0)"
        );
        Assert.Equal(["11.00", "13.00", "14.00"], Rows("SELECT px FROM armed ORDER BY ts"));
        Assert.Equal(["11.00", "14.00"], Rows("SELECT px FROM rare ORDER BY ts"));
        Assert.Equal(["alert", "alert"], Rows("SELECT kind FROM ts_catalog.views"));
        database.Execute("DROP ALERT rare; DROP ALERT armed");
    }

    [Theory]
    [InlineData(
        "CREATE INDEX VIEW i MEMBERS m WEIGHT w PRICE x FROM t DIVISOR d",
        "x FROM",
        "DOUBLE; an index needs DECIMAL"
    )]
    [InlineData("CREATE INDEX VIEW i MEMBERS m WEIGHT ww PRICE px FROM t DIVISOR d", "ww", "there is no column \"ww\"")]
    [InlineData(
        "CREATE INDEX VIEW i MEMBERS nowhere WEIGHT w PRICE px FROM t DIVISOR d",
        "nowhere",
        "there is no table"
    )]
    [InlineData(
        "CREATE INDEX VIEW i MEMBERS m WEIGHT w PRICE px FROM counts DIVISOR d",
        "counts",
        "rows that are only added"
    )]
    [InlineData(
        "CREATE INDEX VIEW i MEMBERS m WEIGHT w PRICE px FROM t DIVISOR d EMIT ON WINDOW CLOSE",
        "EMIT",
        "an index has no windows"
    )]
    [InlineData("CREATE ALERT a AS SELECT ts FROM t KEY ( sym)", "sym", "KEY names columns of the select list")]
    [InlineData("CREATE ALERT a AS SELECT ts FROM t WHERE px", "px", "BOOLEAN")]
    [InlineData("CREATE ALERT a AS SELECT ts FROM t AT MOST 0 PER 1s", "AT MOST", "a number from 1")]
    [InlineData("CREATE ALERT a AS SELECT ts FROM t EMIT ON CHANGE", "EMIT", "it has no EMIT")]
    [InlineData(
        "CREATE ALERT a AS SELECT count(*) AS n FROM t GROUP BY sym",
        "SELECT",
        "needs rows with an event time"
    )]
    [InlineData("CREATE ALERT a AS SELECT DISTINCT ts FROM t", "SELECT", "an alert is one SELECT")]
    public void What_they_cannot_be_is_refused_where_it_stands(string sql, string at, string cause)
    {
        database.Execute("CREATE MATERIALIZED VIEW counts AS SELECT sym, max(px) AS px FROM t GROUP BY sym");
        var error = Assert.Throws<TickStoreException>(() => database.Execute(sql));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Equal(sql.LastIndexOf(" " + at, StringComparison.Ordinal) + 1, error.SqlPosition);
        Assert.Single(database.Views);
    }
}
