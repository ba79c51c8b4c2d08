// Proves: the latest row of each symbol, read from the ends of the symbols' runs, is the row that an aggregate over all rows
// finds: over rows in memory and in many segments that overlap in time, with ties in time, late rows, conditions and bounds.
namespace TickStore.Tests.Sql.Optimizer;

public sealed class LatestRowsTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public LatestRowsTests()
    {
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty INT NOT NULL, px DOUBLE) EVENT TIME ts CLUSTER BY (sym)"
        );
        var random = new Random(7);
        for (var part = 0; part < 6; part++)
        {
            var rows = new List<string>();
            for (var i = 0; i < 700; i++)
            {
                // Few distinct times, so that many rows share one; parts overlap.
                var seconds = (part * 20) + random.Next(60);
                var time = DateTime.UnixEpoch.AddSeconds(seconds);
                // The first symbol has many vectors of its own; others share theirs.
                var symbol = random.Next(2) == 0 ? 0 : random.Next(1, 40);
                rows.Add($"('{time:yyyy-MM-dd HH:mm:ss}', 'S{symbol}', {random.Next(1000)}, {random.Next(100)})");
            }

            database.Execute($"INSERT INTO t VALUES {string.Join(", ", rows)}");
            if (part is 1 or 2 or 4)
                database.Seal();
        }
    }

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("WHERE ts <= '1970-01-01 00:01:17'")]
    [InlineData("WHERE ts <= '1970-01-01 00:02:07' AND qty < 30")]
    [InlineData("WHERE qty > 990")]
    [InlineData("WHERE sym IN ('S0', 'S7', 'S11') AND ts < '1970-01-01 00:01:30'")]
    [InlineData("WHERE ts < '1970-01-01'")]
    public void Latest_rows_are_those_of_all_rows(string where)
    {
        // count(*) is no question for the latest row, so this one reads all.
        Same(
            $"SELECT sym, last(ts), last(qty), max(ts) FROM t {where} GROUP BY sym ORDER BY sym",
            "SELECT sym, a, b, c FROM (SELECT sym, last(ts) AS a, last(qty) AS b, max(ts) AS c, count(*) AS n "
                + $"FROM t {where} GROUP BY sym) x WHERE n > 0 ORDER BY sym"
        );
        // <= 1 is not what DISTINCT ON says.
        Same(
            $"SELECT DISTINCT ON (sym) sym, ts, qty, px FROM t {where} ORDER BY sym, ts DESC",
            "SELECT sym, ts, qty, px FROM (SELECT *, row_number() OVER (PARTITION BY sym ORDER BY ts DESC, _seq) AS n "
                + $"FROM t {where}) x WHERE n <= 1 ORDER BY sym"
        );
        Same(
            $"SELECT DISTINCT ON (sym) sym, ts, qty, px FROM t {where} ORDER BY sym, ts DESC, _seq DESC",
            "SELECT sym, ts, qty, px FROM (SELECT *, row_number() OVER (PARTITION BY sym ORDER BY ts DESC, _seq DESC) AS n "
                + $"FROM t {where}) x WHERE n <= 1 ORDER BY sym"
        );
    }

    [Fact]
    public void A_column_that_may_be_null_is_left_to_the_aggregate() =>
        Assert.DoesNotContain("latest row", Plan("SELECT sym, last(px) FROM t GROUP BY sym"), StringComparison.Ordinal);

    private void Same(string quick, string slow)
    {
        Assert.Contains("latest row", Plan(quick), StringComparison.Ordinal);
        Assert.DoesNotContain("latest row", Plan(slow), StringComparison.Ordinal);
        Assert.Equal(Rows(slow), Rows(quick));
    }

    private string Plan(string sql) => string.Join('\n', Rows("EXPLAIN " + sql));

    private List<string> Rows(string sql)
    {
        using var result = database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r.Select(v => v ?? "NULL")))];
    }
}
