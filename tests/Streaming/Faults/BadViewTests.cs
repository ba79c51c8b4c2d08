// Proves that a view which cannot be made is refused with a clear error where it is made, that one which goes wrong later says so in
// ts_catalog.views with the reason, and that neither stops ingest, other views, or the next opening of the database.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Streaming.Faults;

public sealed class BadViewTests
{
    [Theory]
    [InlineData("SELECT nosuch FROM t", "nosuch")]
    [InlineData("SELECT a FROM nosuch", "nosuch")]
    [InlineData("SELECT a, nosuch(b) AS x FROM t", "nosuch")]
    [InlineData("SELECT a FROM t ORDER BY a", "ORDER BY")]
    [InlineData("SELECT a FROM t LIMIT 3", "LIMIT")]
    [InlineData("SELECT a, now() AS at FROM t", "now")]
    [InlineData("SELECT t.a, u.b FROM t JOIN u ON t.a = u.a", "kept up")]
    [InlineData("SELECT t.a, u.b FROM t CROSS JOIN u", "kept up")]
    [InlineData("SELECT a, a FROM t", "two columns")]
    [InlineData("SELECT median(x) AS m FROM t SAMPLE BY nonsense", "nonsense")]
    [InlineData("SELECT a FROM t AS OF SEQ 3", "AS OF")]
    public void What_cannot_be_kept_is_refused_where_it_is_made(string select, string reason)
    {
        using var database = Open();
        var error = Assert.Throws<TickStoreException>(() =>
            database.Execute($"CREATE MATERIALIZED VIEW v AS {select}")
        );
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True(error.SqlPosition >= 0, "The error points at no place of the statement.");
        Assert.Empty(database.Views);
        Insert(database, "(1, 1, 1.5)");
        Assert.Equal("1", One(database, "SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("SELECT a / b AS q FROM t", "(7, 0, 1)", "zero")]
    [InlineData("SELECT a * 1000000000000000000 AS q FROM t", "(70, 1, 1)", "BIGINT")]
    [InlineData(
        "SELECT a % 3 AS g, sum(b) AS s FROM t GROUP BY a % 3",
        "(1, 9223372036854775807, 1), (1, 9223372036854775807, 1)",
        "fit"
    )]
    [InlineData("SELECT x::INT AS i FROM t", "(1, 1, 1e300)", "fit")]
    [InlineData("SELECT a % b AS q, count(*) AS n FROM t GROUP BY a % b", "(7, 0, 1)", "zero")]
    public void A_row_that_a_function_refuses_fails_its_view_only(string select, string badRows, string reason)
    {
        using var database = Open();
        database.Execute($"CREATE MATERIALIZED VIEW bad AS {select}");
        database.Execute("CREATE MATERIALIZED VIEW good AS SELECT count(*) AS n FROM t");
        Insert(database, "(4, 2, 1)");
        Assert.Equal("live", Status(database, "bad").Status);
        Insert(database, badRows);
        Insert(database, "(6, 2, 1)");

        var (status, why) = Status(database, "bad");
        Assert.Equal("failed", status);
        Assert.Contains(reason, why, StringComparison.OrdinalIgnoreCase);
        var error = Assert.Throws<TickStoreException>(() => One(database, "SELECT count(*) FROM bad"));
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("live", Status(database, "good").Status);
        Assert.Equal(One(database, "SELECT count(*) FROM t"), One(database, "SELECT n FROM good"));

        // Over rows that are there already, the same definition is refused at once.
        var refused = Assert.Throws<TickStoreException>(() =>
            database.Execute($"CREATE MATERIALIZED VIEW again AS {select}")
        );
        Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
        database.Execute("DROP MATERIALIZED VIEW bad");
        Assert.Equal("1", One(database, "SELECT count(*) FROM ts_catalog.views"));
    }

    [Fact]
    public void What_reads_a_failed_view_fails_with_its_reason()
    {
        using var database = Open();
        database.Execute("CREATE MATERIALIZED VIEW below AS SELECT a % 2 AS g, sum(a / b) AS q FROM t GROUP BY a % 2");
        database.Execute("CREATE MATERIALIZED VIEW above AS SELECT count(*) AS n FROM below");
        Insert(database, "(4, 2, 1)");
        Insert(database, "(4, 0, 1)");
        Assert.Equal("failed", Status(database, "below").Status);
        var (status, why) = Status(database, "above");
        Assert.Equal("failed", status);
        Assert.Contains("below", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_that_takes_more_than_its_memory_fails_alone()
    {
        using var database = Open();
        database.Execute(
            "CREATE MATERIALIZED VIEW big AS SELECT a, b, count(*) AS n FROM t GROUP BY a, b WITH (memory = '1MB')"
        );
        database.Execute("CREATE MATERIALIZED VIEW small AS SELECT count(*) AS n FROM t");
        for (var i = 0; i < 200; i++)
        {
            Insert(database, string.Join(',', Enumerable.Range(0, 500).Select(k => $"({(i * 500) + k}, {k}, 0)")));
        }

        var (status, why) = Status(database, "big");
        Assert.Equal("failed", status);
        Assert.Contains("big", why, StringComparison.Ordinal);
        Assert.Equal("live", Status(database, "small").Status);
        Assert.Equal("100000", One(database, "SELECT n FROM small"));
    }

    [Fact]
    public void A_failed_view_stays_failed_when_the_database_is_opened_again_and_stops_nothing()
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory("/");
        using (var database = TickDatabase.Open(files, "/db", new StorageOptions()))
        {
            Make(database);
            database.Execute("CREATE MATERIALIZED VIEW bad AS SELECT a / b AS q FROM t");
            database.Execute("CREATE MATERIALIZED VIEW good AS SELECT count(*) AS n FROM t");
            Insert(database, "(4, 2, 1)");
            Insert(database, "(4, 0, 1)");
        }

        using (var database = TickDatabase.Open(files, "/db", new StorageOptions()))
        {
            database.WaitForView("good");
            Insert(database, "(6, 2, 1)");
            Assert.Equal("3", One(database, "SELECT n FROM good"));
            Assert.Throws<TickStoreException>(() => database.WaitForView("bad"));
            Assert.Equal("failed", Status(database, "bad").Status);
        }
    }

    [Fact]
    public void Names_are_taken_once()
    {
        using var database = Open();
        database.Execute("CREATE MATERIALIZED VIEW v AS SELECT a FROM t");
        Assert.Equal(
            ErrorCode.AlreadyExists,
            Assert
                .Throws<TickStoreException>(() => database.Execute("CREATE MATERIALIZED VIEW v AS SELECT b FROM t"))
                .Code
        );
        Assert.Equal(
            ErrorCode.AlreadyExists,
            Assert
                .Throws<TickStoreException>(() => database.Execute("CREATE MATERIALIZED VIEW t AS SELECT a FROM u"))
                .Code
        );
        Assert.Equal(
            ErrorCode.AlreadyExists,
            Assert.Throws<TickStoreException>(() => database.Execute("CREATE TABLE v (a BIGINT)")).Code
        );
        database.Execute("CREATE MATERIALIZED VIEW w AS SELECT a FROM v");
        Assert.Throws<TickStoreException>(() => database.Execute("DROP MATERIALIZED VIEW v"));
        Assert.Throws<TickStoreException>(() => database.Execute("DROP TABLE t"));
        Insert(database, "(1, 2, 3)");
        Assert.Equal("1", One(database, "SELECT a FROM w"));
    }

    private static TickDatabase Open()
    {
        var database = TickDatabase.OpenInMemory();
        Make(database);
        return database;
    }

    private static void Make(TickDatabase database) =>
        database.Execute(
            """
            CREATE TABLE t (ts TIMESTAMP NOT NULL, a BIGINT, b BIGINT, x DOUBLE) EVENT TIME ts;
            CREATE TABLE u (ts TIMESTAMP NOT NULL, a BIGINT, b BIGINT, x DOUBLE) EVENT TIME ts;
            """
        );

    // Rows of one commit, a second after those of the last one.
    private static void Insert(TickDatabase database, string rows)
    {
        var time = $"TIMESTAMP '2023-02-01 01:30:00' + INTERVAL '{database.CommittedSequence} seconds'";
        database.Execute($"INSERT INTO t SELECT {time}, a, b, x FROM (VALUES {rows}) r (a, b, x)");
    }

    private static (string Status, string? Reason) Status(TickDatabase database, string view)
    {
        using var result = database.Query($"SELECT status, reason FROM ts_catalog.views WHERE name = '{view}'");
        var row = Assert.Single(result.ToTextRows());
        return (row[0]!, row[1]);
    }

    private static string? One(TickDatabase database, string sql)
    {
        using var result = database.Query(sql);
        return Assert.Single(result.ToTextRows())[0];
    }
}
