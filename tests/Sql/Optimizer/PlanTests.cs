// Proves that the optimizer does what it is there for: the plan that EXPLAIN shows has conditions, columns and orders in the scans,
// and no operator that they make needless. Rows are proved elsewhere: the differential tests run optimized plans only.
namespace TickStore.Tests.Sql.Optimizer;

public sealed class PlanTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public PlanTests() =>
        database.Execute(
            """
            CREATE TABLE t (ts TIMESTAMP, sym SYMBOL, px DECIMAL(12,3), qty BIGINT, n SMALLINT) EVENT TIME ts CLUSTER BY (sym);
            CREATE TABLE q (ts TIMESTAMP, sym SYMBOL, bid DECIMAL(12,3)) EVENT TIME ts CLUSTER BY (sym);
            INSERT INTO t VALUES ('2023-02-01 09:30', 'A', 10, 5, 1);
            INSERT INTO q VALUES ('2023-02-01 09:29', 'A', 9.5)
            """
        );

    public void Dispose() => database.Dispose();

    [Theory]
    // Symbols, times and comparisons go into the scan; nothing is left to filter.
    [InlineData(
        "SELECT qty FROM t WHERE sym = 'A' AND ts >= '2023-02-01' AND px > 9.5",
        "Scan: t, columns (qty), 1 symbol(s), time range, px Greater",
        "Filter"
    )]
    [InlineData("SELECT qty FROM t WHERE sym IN ('A', 'B') OR sym = 'C'", "Filter", "HashJoin")]
    [InlineData("SELECT qty FROM t WHERE sym = 'A' OR sym = 'B'", "symbol(s)", "Filter")]
    [InlineData("SELECT qty FROM t WHERE n = 5 AND n < 7", "n Equal, n Less", "Filter")]
    [InlineData("SELECT qty FROM t WHERE 1 + 1 = 2 AND qty IS NOT NULL", "qty IsNotNull", "2 = ")]
    // Through subqueries, groups, windows and both sides of joins.
    [InlineData(
        "SELECT s FROM (SELECT sym AS s, sum(qty) AS n FROM t GROUP BY sym) x WHERE s = 'A'",
        "1 symbol(s)",
        "Filter"
    )]
    [InlineData(
        "SELECT s FROM (SELECT sym AS s, row_number() OVER (PARTITION BY sym ORDER BY ts) AS n FROM t) x WHERE s = 'A'",
        "1 symbol(s)",
        "Window"
    )]
    [InlineData("SELECT bid FROM t JOIN q ON t.sym = q.sym WHERE t.sym = 'A' AND q.bid > 1", "bid Greater", "Filter")]
    [InlineData("SELECT bid FROM t, q WHERE t.sym = q.sym", "HashJoin", "CrossJoin")]
    [InlineData(
        "SELECT bid FROM t ASOF JOIN q ON (sym) WHERE t.sym = 'A'",
        "Scan: q, columns (ts, sym, bid, _seq), 1 symbol(s)",
        "Filter"
    )]
    // Columns that nobody reads stay where they are.
    [InlineData("SELECT count(*) FROM t", "Scan: t, columns (sym)", "qty")]
    [InlineData("SELECT a FROM (SELECT qty AS a, px * 2 AS b FROM t) x", "columns (qty)", "px")]
    // Groups, windows and ASOF joins by symbol need no hash table or sort.
    [InlineData("SELECT sym, sum(qty) FROM t SAMPLE BY 1m GROUP BY sym", "OrderedAggregate", "HashAggregate")]
    [InlineData("SELECT sym, median(qty) FROM t GROUP BY sym", "order Clustered", "HashAggregate")]
    // A number for each symbol: the table is small, and runs of a segment are followed as they lie.
    [InlineData("SELECT sym, sum(qty) FROM t GROUP BY sym", "HashAggregate", "order Clustered")]
    // The ends of the symbols' runs say which row is the latest.
    [InlineData("SELECT sym, last(ts) FROM t GROUP BY sym", "latest row of each symbol", "Aggregate")]
    [InlineData(
        "SELECT DISTINCT ON (sym) sym, qty FROM t ORDER BY sym, ts DESC",
        "latest row of each symbol",
        "Window"
    )]
    [InlineData("SELECT sum(qty) OVER (PARTITION BY sym ORDER BY ts) FROM t", "order Clustered", "Sort")]
    [InlineData("SELECT qty FROM t ORDER BY ts", "order EventTime", "Sort")]
    [InlineData("SELECT qty FROM t ORDER BY qty LIMIT 5", "TopN: qty limit 5", "Sort")]
    public void A_plan_has_this_and_not_that(string sql, string present, string absent)
    {
        var plan = Explain(sql);
        Assert.Contains(present, plan, StringComparison.Ordinal);
        Assert.DoesNotContain(absent, plan, StringComparison.Ordinal);
    }

    [Fact]
    public void A_left_join_keeps_its_rows_when_conditions_move()
    {
        var plan = Explain(
            "SELECT t.qty FROM t LEFT JOIN q ON t.sym = q.sym AND q.bid > 1 WHERE t.n = 1 AND q.bid IS NULL"
        );
        Assert.Contains("n Equal", plan, StringComparison.Ordinal);
        Assert.Contains("bid Greater", plan, StringComparison.Ordinal);
        Assert.Contains("Filter: bid IS NULL", plan, StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_measures_rows_of_each_node()
    {
        var plan = Explain("SELECT sym, median(qty) FROM t GROUP BY sym", analyze: true);
        Assert.Contains("OrderedAggregate", plan, StringComparison.Ordinal);
        Assert.Matches(@"Scan: .*\[1 rows, [0-9.,]+ ms\]", plan);
    }

    private string Explain(string sql, bool analyze = false)
    {
        using var result = database.Query($"EXPLAIN {(analyze ? "ANALYZE " : "")}{sql}");
        return string.Join('\n', result.ToTextRows().Select(r => r[0]));
    }
}
