// Proves that what would pull the ground from under a view is refused, and that nothing else suffers: a commit from within a handler of
// changes, dropping a table that a view reads, a view that reads itself, dropping a view twice; and that a row from next year
// closes no bar.
using TickStore.Core;
using TickStore.Sql;

namespace TickStore.Tests.Engine.Views;

public sealed class ViewHandlingTest : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public ViewHandlingTest()
    {
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, qty BIGINT) EVENT TIME ts CLUSTER BY (sym)"
        );
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT sym, sum(qty) AS q FROM t GROUP BY sym");
    }

    [Fact]
    public void A_handler_that_commits_is_refused_and_the_commit_stands()
    {
        TickStoreException? refused = null;
        using var subscription = database.Subscribe(
            "v",
            (in ChangePush _) =>
                refused = Assert.Throws<TickStoreException>(() =>
                    database.Execute("INSERT INTO t VALUES ('2026-01-05', 'B', 1)")
                )
        );
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'A', 1)");
        Assert.Equal(ErrorCode.InvalidArgument, refused!.Code);
        Assert.Contains("another thread", refused.Message, StringComparison.Ordinal);
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'A', 2)");
        Assert.Equal("A 3", Read("SELECT sym, q FROM v"));
        Assert.Equal("2", Read("SELECT count(*) FROM t"));
    }

    [Fact]
    public void An_update_is_told_as_one_also_where_other_rows_do_not_pass_a_filter()
    {
        database.Execute(
            "CREATE MATERIALIZED VIEW big AS SELECT sym, sum(qty) AS q FROM t GROUP BY sym HAVING sum(qty) > 10"
        );
        var told = new List<string>();
        using var subscription = database.Subscribe(
            "big",
            (in ChangePush push) =>
            {
                for (var row = 0; row < push.RowCount; row++)
                {
                    told.Add($"{push.OpOf(row)} {VectorTextWriter.ToText(push.Rows[0], row, database.Symbols)}");
                }
            }
        );
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'A', 11), ('2026-01-05', 'B', 1)");
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'B', 1), ('2026-01-05', 'A', 1)");
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'A', -5), ('2026-01-05', 'B', 20)");
        Assert.Null(subscription.Error);
        Assert.Equal(["Insert A", "Update A", "Delete A", "Insert B"], told);
    }

    [Fact]
    public void A_table_that_a_view_reads_is_not_dropped()
    {
        var error = Assert.Throws<TickStoreException>(() => database.DropTable("t"));
        Assert.Contains("view v reads it", error.Message, StringComparison.Ordinal);
        database.DropView("v");
        database.DropTable("t");
        Assert.Equal(ErrorCode.UnknownName, Assert.Throws<TickStoreException>(() => database.DropView("v")).Code);
    }

    [Fact]
    public void A_view_does_not_read_itself()
    {
        var error = Assert.Throws<TickStoreException>(() =>
            database.CreateView("CREATE MATERIALIZED VIEW v AS SELECT sym, q FROM v", orReplace: true)
        );
        Assert.Contains("itself", error.Message, StringComparison.Ordinal);
        database.Execute("INSERT INTO t VALUES ('2026-01-05', 'A', 1)");
        Assert.Equal("A 1", Read("SELECT sym, q FROM v"));
    }

    [Fact]
    public void A_row_from_the_far_future_closes_no_bar()
    {
        database.Execute("CREATE MATERIALIZED VIEW bars AS SELECT is_final, count(*) AS n FROM t SAMPLE BY 1m");
        database.Execute(
            "INSERT INTO t VALUES ('2026-01-05 09:30:00', 'A', 1), ('2199-01-01', 'A', 1), ('2026-01-05 09:30:30', 'A', 1)"
        );
        const string query = "SELECT is_final, count(*) AS n FROM t SAMPLE BY 1m";
        Assert.Equal(
            Read($"SELECT is_final, n FROM ({query}) q ORDER BY bar_open"),
            Read("SELECT is_final, n FROM bars ORDER BY bar_open")
        );
        Assert.StartsWith("false 2", Read("SELECT is_final, n FROM bars ORDER BY bar_open"), StringComparison.Ordinal);
        database.Execute("INSERT INTO t VALUES ('2026-01-05 09:31:00', 'A', 1)");
        Assert.Equal(
            Read($"SELECT is_final, n FROM ({query}) q ORDER BY bar_open"),
            Read("SELECT is_final, n FROM bars ORDER BY bar_open")
        );
        Assert.StartsWith("true 2", Read("SELECT is_final, n FROM bars ORDER BY bar_open"), StringComparison.Ordinal);
    }

    public void Dispose() => database.Dispose();

    private string Read(string sql)
    {
        var rows = new List<string>();
        using var result = database.Query(sql);
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Add(
                    string.Join(
                        ' ',
                        Enumerable
                            .Range(0, batch.ColumnCount)
                            .Select(c => VectorTextWriter.ToText(batch[c], row, database.Symbols))
                    )
                );
            }
        }

        return string.Join('\n', rows);
    }
}
