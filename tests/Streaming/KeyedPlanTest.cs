// Proves that a bound plan finds the key of its rows: row-wise plans carry _seq behind what the query selects, groups are told
// apart by their keys, and what has no key is refused with the reason.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Statements;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Streaming;

public sealed class KeyedPlanTest
{
    [Theory]
    [InlineData("SELECT a FROM t WHERE b > 3", 1, "1")]
    [InlineData("SELECT a, _seq FROM t", 2, "1")]
    [InlineData("SELECT b, count(*) FROM t GROUP BY b", 2, "0")]
    [InlineData("SELECT count(*) FROM t GROUP BY b", 1, "1")]
    [InlineData("SELECT count(*) FROM t", 1, "")]
    public void Rows_are_told_apart_by_columns(string sql, int visible, string keys)
    {
        var keyed = Bind(sql);
        Assert.Equal(visible, keyed.VisibleCount);
        Assert.Equal(keys, string.Join(",", keyed.KeyColumns));
    }

    [Theory]
    [InlineData("SELECT a FROM t ORDER BY a", "ORDER BY")]
    [InlineData("SELECT a FROM t LIMIT 3", "QUALIFY")]
    public void What_has_no_key_is_refused_with_the_reason(string sql, string reason)
    {
        var error = Assert.Throws<TickStoreException>(() => Bind(sql));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static KeyedPlan Bind(string sql)
    {
        using var database = TickDatabase.OpenInMemory();
        database.Execute("CREATE TABLE t (ts TIMESTAMP NOT NULL, a BIGINT, b BIGINT) EVENT TIME ts");
        using var catalog = new SnapshotCatalog(database, sql);
        var query = ((QueryStatement)SqlParser.Parse(sql)).Query;
        return KeyedPlan.Of(Binder.Bind(sql, query, catalog, []));
    }
}
