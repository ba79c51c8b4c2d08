// Proves what statements about views do: a view answers as its query does, whatever comes after it was made, and is a table to SQL
// (joins, buckets, files, the catalog); each thing that cannot be a view is refused where it stands.
using TickStore.Core;

namespace TickStore.Tests.Sql.Statements;

public sealed class ViewTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public ViewTests() =>
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP, sym SYMBOL, px DECIMAL(18,4), qty BIGINT) EVENT TIME ts LATENESS 1s CLUSTER BY (sym);"
                + "CREATE TABLE names (sym SYMBOL, name VARCHAR);"
                + "INSERT INTO names VALUES ('A', 'Alpha'), ('B', 'Beta');"
                + "INSERT INTO t VALUES ('2026-03-02 09:30:00', 'A', 1.5, 10), ('2026-03-02 09:30:10', 'B', 2.5, 20)"
        );

    public void Dispose() => database.Dispose();

    private List<string> Rows(string sql)
    {
        using var result = database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r))];
    }

    private List<string> ByDefinition(string sql)
    {
        using var result = database.QueryDefinitions(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r))];
    }

    private void More() =>
        database.Execute(
            "INSERT INTO t VALUES ('2026-03-02 09:30:20', 'A', 1.7, 30), ('2026-03-02 09:31:05', 'C', 9, 5),"
                + "('2026-03-02 09:30:05', 'B', 2.4, 1), ('2026-03-02 09:31:30', 'A', 1.6, 2)"
        );

    [Theory]
    [InlineData("SELECT ts, sym, px * qty AS value FROM t WHERE qty > 4")]
    [InlineData("SELECT sym, count(*) AS n, sum(qty) AS volume FROM t GROUP BY sym")]
    [InlineData("SELECT sym, ohlcv(px, qty).*, bar_open, bar_close FROM t SAMPLE BY 1m GROUP BY sym")]
    [InlineData("SELECT ts, qty FROM t WHERE sym = 'C' OR sym = 'D'")]
    public void A_view_answers_as_its_query_does(string query)
    {
        database.Execute($"CREATE MATERIALIZED VIEW v AS {query}");
        Assert.Equal(Rows($"{query}").Order(), Rows("SELECT * FROM v").Order());
        More();
        Assert.Equal(Rows($"{query}").Order(), Rows("SELECT * FROM v").Order());
        Assert.Equal(Rows($"{query}").Order(), ByDefinition("SELECT * FROM v").Order());
        Assert.Equal(
            Rows($"SELECT * FROM ({query}) q AS OF SEQ 4").Order(),
            Rows("SELECT * FROM v AS OF SEQ 4").Order()
        );
    }

    [Fact]
    public void A_symbol_that_comes_later_is_known_by_the_text()
    {
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT ts, px FROM t WHERE sym IN ('Z', 'Y')");
        database.Execute("INSERT INTO t VALUES ('2026-03-02 09:32', 'Y', 3, 1), ('2026-03-02 09:32', 'X', 4, 1)");
        Assert.Equal(["2026-03-02T09:32:00Z|3.0000"], Rows("SELECT * FROM v"));
    }

    [Fact]
    public void Views_are_tables_to_queries()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW bars AS SELECT sym, sum(qty) AS volume, bar_open FROM t SAMPLE BY 1m GROUP BY sym;"
                + "CREATE MATERIALIZED VIEW big AS SELECT sym, volume, bar_open FROM bars WHERE volume >= 20"
        );
        More();
        Assert.Equal(
            ["Alpha|40", "Beta|21"],
            Rows("SELECT n.name, b.volume FROM big b JOIN names n ON b.sym = n.sym ORDER BY 1")
        );
        Assert.Equal(
            ["A|42", "B|21", "C|5"],
            Rows("SELECT sym, sum(volume) FROM bars SAMPLE BY 1h GROUP BY sym ORDER BY 1")
                .Select(r => r[..r.IndexOf('|', 2)])
        );
        Assert.Equal(["2"], Rows("SELECT count(*) FROM big"));
    }

    [Fact]
    public void The_catalog_lists_views()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW v AS SELECT sym, count(*) AS n FROM t GROUP BY sym;"
                + "CREATE MATERIALIZED VIEW w AS SELECT sym, n FROM v WHERE n > 1"
        );
        More();
        Assert.Equal(
            ["v|view|live|0|3", "w|view|live|0|2"],
            Rows("SELECT name, kind, status, seq_lag, rows FROM ts_catalog.views ORDER BY name")
        );
        Assert.Equal(
            ["v|view", "w|view"],
            Rows("SELECT name, kind FROM ts_catalog.tables WHERE kind <> 'append' ORDER BY 1")
        );
        Assert.Equal(8, Rows("SELECT * FROM ts_catalog.latency").Count);
        Assert.Equal(2, Rows("SHOW VIEWS").Count);
        Assert.Equal(["0|w|materialized view|", "1|v|materialized view|w", "2|t|table|v"], Rows("SHOW LINEAGE FOR w"));
    }

    [Fact]
    public void Explain_shows_the_circuit()
    {
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT sym, count(*) AS n FROM t GROUP BY sym");
        var of = Rows("EXPLAIN MATERIALIZED VIEW v");
        Assert.Equal(of, Rows("EXPLAIN CREATE MATERIALIZED VIEW w AS SELECT sym, count(*) AS n FROM t GROUP BY sym"));
        Assert.Contains(
            of,
            line =>
                line.Contains("Aggregate", StringComparison.Ordinal)
                && line.Contains("[state: ", StringComparison.Ordinal)
        );
        Assert.Contains(of, line => line.Contains("Scan t", StringComparison.Ordinal));
        Assert.Throws<TickStoreException>(() => database.Query("SELECT * FROM w"));
    }

    [Fact]
    public void Bars_are_held_while_they_are_new()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW v AS SELECT sym, ohlcv(px, qty) AS b FROM t SAMPLE BY 1m GROUP BY sym"
        );
        Assert.Contains(
            Rows("EXPLAIN MATERIALIZED VIEW v"),
            line => line.Contains("those whose bucket is not over", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Statements_make_replace_and_drop()
    {
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT sym FROM t");
        database.Execute("CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT px FROM t");
        Assert.Equal(["A", "B"], Rows("SELECT * FROM v").Order());
        database.Execute("CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT qty FROM t");
        Assert.Equal(["10", "20"], Rows("SELECT * FROM v").Order());
        database.Execute("WAIT FOR v SEQ 2");
        database.Execute("DROP MATERIALIZED VIEW v; DROP MATERIALIZED VIEW IF EXISTS v");
        Assert.Empty(Rows("SHOW VIEWS"));
        database.Execute("DROP TABLE t");
    }

    [Fact]
    public void Backfill_and_late_rules_leave_rows_out()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW fresh AS SELECT ts, qty FROM t BACKFILL NONE;"
                + "CREATE MATERIALIZED VIEW since AS SELECT ts, qty FROM t BACKFILL FROM '2026-03-02 09:30:10';"
                + "CREATE MATERIALIZED VIEW intime AS SELECT sym, sum(qty) AS n FROM t GROUP BY sym ON LATE REJECT"
        );
        More();
        Assert.Equal(["1", "2", "30", "5"], Rows("SELECT qty FROM fresh").Order(StringComparer.Ordinal));
        Assert.Equal(["2", "20", "30", "5"], Rows("SELECT qty FROM since").Order(StringComparer.Ordinal));
        Assert.Equal(
            Rows("SELECT sym, sum(qty) FROM t WHERE NOT _late GROUP BY sym ORDER BY 1"),
            Rows("SELECT * FROM intime ORDER BY 1")
        );
    }

    [Theory]
    [InlineData("SELECT ts, now() AS n FROM t", "now()", "its rows would change without a reason in the data")]
    [InlineData("SELECT * FROM t AS OF SEQ 1", "AS OF SEQ 1", "AS OF SEQ: a view follows its tables")]
    [InlineData("SELECT * FROM t LIMIT 5", "5", "a view takes no LIMIT")]
    [InlineData("SELECT * FROM t ORDER BY px", "px", "no order; put ORDER BY into the query that reads it")]
    [InlineData("SELECT * FROM t WHERE px > (SELECT max(px) FROM t)", "SELECT max", "computed once")]
    [InlineData("SELECT * FROM t WHERE px > $1", "$1", "parameters: only its text is kept")]
    [InlineData("SELECT nothing FROM t", "nothing", "there is no column \"nothing\"")]
    [InlineData("SELECT * FROM nowhere", "nowhere", "there is no table \"nowhere\"")]
    [InlineData("SELECT * FROM ts_catalog.tables", "ts_catalog.tables", "they show the present only")]
    [InlineData("SELECT px, px FROM t", "SELECT px, px", "two columns named \"px\"")]
    [InlineData("VALUES (1)", "VALUES", "it has no rows that change")]
    [InlineData("SELECT * FROM t EMIT ON WINDOW CLOSE", "EMIT", "needs windows")]
    [InlineData("SELECT * FROM t WITH (freshness = '1ms')", "freshness", "a view has the option MEMORY, not FRESHNESS")]
    [InlineData("SELECT * FROM t WITH (memory = 'lots')", "memory", "such as '512MB'")]
    [InlineData("SELECT * FROM t EMIT EVERY 1mo", "1mo", "a fixed span")]
    [InlineData("SELECT * FROM t BACKFILL FROM NULL", "NULL", "takes a time, not NULL")]
    [InlineData("SELECT 1 / (qty - 10) AS x FROM t", "SELECT 1 /", "ivision")]
    [InlineData(
        "SELECT rollup(b) AS b FROM (SELECT sym, ohlcv(px, qty) AS b FROM t SAMPLE BY 1s GROUP BY sym) SAMPLE BY 1m",
        "SELECT rollup",
        "add \"sym\" to GROUP BY"
    )]
    public void What_cannot_be_a_view_is_refused_where_it_stands(string query, string at, string cause)
    {
        var sql = $"DROP ALERT IF EXISTS other; CREATE MATERIALIZED VIEW v AS {query}";
        var error = Assert.Throws<TickStoreException>(() => database.Execute(sql));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Equal(sql.LastIndexOf(at, StringComparison.Ordinal), error.SqlPosition);
        Assert.Empty(database.Views);
    }

    [Fact]
    public void Bars_of_a_view_are_a_struct_again_and_roll_up()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW fine AS SELECT sym, ohlcv(px, qty) AS b FROM t SAMPLE BY 10s GROUP BY sym;"
                + "CREATE MATERIALIZED VIEW coarse AS SELECT sym, rollup(b) AS b FROM fine SAMPLE BY 1m GROUP BY sym"
        );
        More();
        Assert.Equal(
            Rows("SELECT sym, ohlcv(px, qty) AS b FROM t SAMPLE BY 1m GROUP BY sym ORDER BY sym, bar_open"),
            Rows("SELECT * FROM coarse ORDER BY sym, bar_open")
        );
        Assert.Equal(["1.5000", "1.6000"], Rows("SELECT b.open FROM coarse c WHERE sym = 'A' ORDER BY b.open"));
        Assert.Equal(["1.7000"], Rows("SELECT max((b).high) FROM fine WHERE sym = 'A'"));
    }

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW t AS SELECT * FROM names", "t AS", "there is a table \"t\" already")]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT * FROM names", "v AS", "\"v\" exists already")]
    [InlineData("CREATE OR REPLACE MATERIALIZED VIEW w AS SELECT * FROM w", "w AS", "cannot read itself")]
    [InlineData("CREATE TABLE v (a INT)", "v (", "there is a view \"v\" already")]
    [InlineData("INSERT INTO v VALUES (1)", "v VALUES", "is a view: its rows follow from its definition")]
    [InlineData("DROP TABLE v", "v", "is a view")]
    [InlineData("DROP TABLE t", "t", "cannot be dropped: view \"v\" reads it")]
    [InlineData("DROP MATERIALIZED VIEW v", "v", "view w reads it")]
    [InlineData("DROP MATERIALIZED VIEW vv", "vv", "there is no view \"vv\"")]
    [InlineData("DROP MATERIALIZED VIEW t", "t", "is a table, not a view")]
    [InlineData("DROP ALERT w", "w", "is a materialized view; use DROP MATERIALIZED VIEW")]
    [InlineData("SHOW LINEAGE FOR t", "t", "is a table, not a view")]
    [InlineData("CREATE MATERIALIZED VIEW x AS SELECT * FROM w BACKFILL NONE", "w BACKFILL", "put it into that view")]
    [InlineData("SELECT * FROM vw", "vw", "did you mean")]
    public void Names_that_do_not_fit_are_refused_where_they_stand(string sql, string at, string cause)
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW v AS SELECT sym, count(*) AS n FROM t GROUP BY sym; CREATE MATERIALIZED VIEW w AS SELECT * FROM v"
        );
        var error = Assert.Throws<TickStoreException>(() => database.Execute(sql));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Equal(sql.IndexOf(" " + at, StringComparison.Ordinal) + 1, error.SqlPosition);
        Assert.Equal(2, database.Views.Count);
    }

    [Fact]
    public void Rows_that_come_too_late_do_not_touch_a_view()
    {
        const string Query = "SELECT sym, count(*) AS n, sum(qty) AS q FROM t GROUP BY sym";
        database.Execute(
            $"CREATE MATERIALIZED VIEW until AS {Query} ON LATE CORRECT UNTIL INTERVAL '30 seconds' THEN REJECT;"
                + $"CREATE MATERIALIZED VIEW whole AS {Query}"
        );

        // The lateness of the table is a second: 31 s behind the newest row before them is as late as rows may be.
        database.Execute(
            "INSERT INTO t VALUES ('2026-03-02 09:31:00', 'A', 1, 100);"
                + "INSERT INTO t VALUES ('2026-03-02 09:30:29', 'A', 1, 1000), ('2026-03-02 09:30:28.999999999', 'A', 1, 7);"
                + "INSERT INTO t VALUES ('2026-03-02 09:30:01', 'B', 1, 7), ('2026-03-02 09:31:10', 'B', 1, 200),"
                + "('2026-03-02 09:30:39', 'B', 1, 2000), ('2026-03-02 09:30:38', 'C', 1, 7)"
        );
        Assert.Equal(["A|3|1110", "B|3|2220"], Rows("SELECT * FROM until ORDER BY 1"));
        Assert.Equal(["A|4|1117", "B|4|2227", "C|1|7"], Rows("SELECT * FROM whole ORDER BY 1"));
        Assert.Equal(Rows("SELECT * FROM until ORDER BY 1"), ByDefinition("SELECT * FROM until ORDER BY 1"));

        // A view that is made over the same rows later is the same view; so is one over all rows in one commit.
        database.Execute($"CREATE MATERIALIZED VIEW later AS {Query} ON LATE CORRECT UNTIL 30s THEN REJECT");
        Assert.Equal(Rows("SELECT * FROM until ORDER BY 1"), Rows("SELECT * FROM later ORDER BY 1"));
        Assert.Contains(
            Rows("EXPLAIN MATERIALIZED VIEW until"),
            l => l.Contains("came_later_than", StringComparison.Ordinal)
        );
        Assert.Equal(["5"], Rows("SELECT late FROM ts_catalog.views WHERE name = 'until'"));
        var error = Assert.Throws<TickStoreException>(() =>
            database.Execute(
                "CREATE MATERIALIZED VIEW above AS SELECT sym, n FROM until ON LATE CORRECT UNTIL 30s THEN REJECT"
            )
        );
        Assert.Contains("put it into that view", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_is_tried_out_over_history_without_a_trace()
    {
        database.Execute(
            "CREATE ALERT spike AS SELECT sym, ts, qty FROM t WHERE qty >= 20 KEY (sym) BACKFILL NONE INTO fired"
        );
        More();
        var sequence = database.CommittedSequence;
        Assert.Equal(
            ["B|2026-03-02T09:30:10Z|20|2026-03-02T09:30:10Z", "A|2026-03-02T09:30:20Z|30|2026-03-02T09:30:20Z"],
            Rows("TEST ALERT spike")
        );
        Assert.Equal(
            ["B|2026-03-02T09:30:10Z|20|2026-03-02T09:30:10Z"],
            Rows("TEST ALERT spike FROM '2026-03-02 09:30:10' TO TIMESTAMP '2026-03-02 09:30:20'")
        );
        Assert.Empty(Rows("TEST ALERT spike FROM '2026-03-03'"));
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT * FROM t");
        foreach (
            var (statement, said) in new[]
            {
                ("TEST ALERT v", "\"v\" is no alert"),
                ("TEST ALERT spiek", "did you mean \"spike\""),
                ("TEST ALERT spike FROM 'soon'", "soon"),
                (
                    "CREATE ALERT a AS SELECT sym, ts FROM t WHERE qty > 5 NOTIFY 'webhook:ops'",
                    "NOTIFY is not available"
                ),
            }
        )
        {
            var error = Assert.Throws<TickStoreException>(() => database.Execute(statement));
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }

        Assert.True(database.CommittedSequence - sequence < 4, "Trying an alert out writes nothing.");
    }
}
