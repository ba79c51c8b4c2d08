// Proves CONTEXT BY through SQL: published indicator vectors, nesting against the same thing written with OVER, resets, NULLs, and
// the errors with their carets.
using TickStore.Core;

namespace TickStore.Tests.Sql.Statements;

public sealed class ContextByTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public ContextByTests() =>
        database.Execute(
            """
            CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL, px DOUBLE, qty BIGINT) EVENT TIME ts CLUSTER BY (sym);
            INSERT INTO t VALUES
              ('2026-03-02 09:30', 'a', 1, 10), ('2026-03-02 09:31', 'b', 100, 1), ('2026-03-02 09:33', 'a', 4, 20),
              ('2026-03-02 09:32', 'a', 2, 30), ('2026-03-02 09:34', 'b', NULL, 2), ('2026-03-02 09:35', 'b', 104, 3),
              ('2026-03-03 09:30', 'a', 8, 40), ('2026-03-03 09:30', 'a', 16, 50)
            """
        );

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("prev(px)", "NULL 1 2 4 8 NULL 100 NULL")]
    [InlineData("deltas(px)", "NULL 1 2 4 8 NULL NULL 4")]
    [InlineData("msum(px, 2)", "NULL 3 6 12 24 NULL NULL 204")]
    [InlineData("mmax(px, 2) - mmin(px, 2)", "NULL 1 2 4 8 NULL NULL 4")]
    [InlineData("mcount(px, 3)", "1 2 3 3 3 1 NULL 2")]
    [InlineData("cumsum(qty)", "10 40 60 100 150 1 3 6")]
    [InlineData("cumvwap(px, qty)", "1 1.75 2.5 4.7 8.466666666666667 100 NULL 103")]
    [InlineData("tmsum(px, INTERVAL '2 minutes')", "1 2 6 8 24 100 NULL 104")]
    [InlineData("ema(2 * px, 2)", "NULL 3 6.333333333333333 12.777777777777779 25.59259259259259 NULL NULL 204")]
    [InlineData("mavg(deltas(px), 2)", "NULL NULL 1.5 3 6 NULL NULL NULL")]
    [InlineData("CASE WHEN px > 3 THEN cumcount(px) END", "NULL NULL 3 4 5 1 NULL 2")]
    public void A_function_sees_the_rows_of_its_key_in_order(string expression, string expected) =>
        Assert.Equal(expected, Column($"SELECT sym, ts, {expression} AS f FROM t CONTEXT BY sym"));

    [Theory]
    [InlineData("RESET EVERY 1d", "1 3 7 8 24 100 NULL 204")]
    [InlineData("RESET ON SESSION 'XSHG'", "1 3 7 8 24 100 NULL 204")]
    [InlineData("ORDER BY ts", "1 3 7 15 31 100 NULL 204")]
    [InlineData("ORDER BY ts, _seq RESET EVERY 1d", "1 3 7 8 24 100 NULL 204")]
    public void A_reset_begins_anew(string clause, string expected) =>
        Assert.Equal(expected, Column($"SELECT sym, ts, cumsum(px) AS f FROM t CONTEXT BY sym {clause}"));

    [Fact]
    public void Filters_windows_and_unread_columns_go_with_it()
    {
        Assert.Equal(
            "2 1",
            Column(
                "SELECT sym, ts, rank() OVER (PARTITION BY sym ORDER BY ema(px, 1) DESC) AS f FROM t "
                    + "WHERE ts < '2026-03-02 09:33' AND sym = 'a' CONTEXT BY sym"
            )
        );
        Assert.Equal(
            "24",
            Column("SELECT sym, ts, msum(px, 2) AS f FROM t CONTEXT BY sym QUALIFY msum(px, 2) > 12 AND sym = 'a'")
        );
        Assert.Equal(
            "8",
            Column(
                "SELECT '' AS sym, max(ts) AS ts, count(*) AS f FROM (SELECT ts, sym, mavg(px, 3) AS m FROM t CONTEXT BY sym) s"
            )
        );
    }

    [Theory]
    [InlineData("SELECT ema(px, 3) FROM t", 8, "needs CONTEXT BY")]
    [InlineData("SELECT px FROM t WHERE ema(px, 3) > 1 CONTEXT BY sym", 24, "WHERE takes no such function")]
    [InlineData("SELECT ema(px, qty) FROM t CONTEXT BY sym", 8, "constants")]
    [InlineData("SELECT msum(px, 0) FROM t CONTEXT BY sym", 8, "from 1 to 1,000,000")]
    [InlineData("SELECT tmsum(px, INTERVAL '1 month') FROM t CONTEXT BY sym", 8, "without months")]
    [InlineData("SELECT sum(px) FROM t CONTEXT BY sym", 23, "does not go with GROUP BY")]
    [InlineData("SELECT ema(avg(px) OVER (), 2) FROM t CONTEXT BY sym", 8, "use a subquery")]
    [InlineData("SELECT ema(px, 2) FROM t CONTEXT BY sym ORDER BY px", 50, "order of the event time")]
    [InlineData("SELECT next(px) FROM t CONTEXT BY sym", 8, "there is no function")]
    public void A_mistake_is_pointed_at(string sql, int column, string message)
    {
        var error = Assert.Throws<TickStoreException>(() => database.Query(sql).Dispose());
        Assert.StartsWith($"line 1, column {column}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private string Column(string sql)
    {
        using var result = database.Query($"SELECT f FROM ({sql}) q ORDER BY sym, ts");
        return string.Join(' ', result.ToTextRows().Select(r => r[0] ?? "NULL"));
    }
}
