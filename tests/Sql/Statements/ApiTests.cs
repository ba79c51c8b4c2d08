// Proves the embedding API: parameters, scripts, results that hold their snapshot, files in and out, and that an error leaves
// nothing behind, by calling it as a program would.
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Sql.Statements;

public sealed class ApiTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();
    private readonly string folder = Directory.CreateTempSubdirectory("tickstore-sql").FullName;

    public ApiTests() =>
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP, sym SYMBOL, px DOUBLE) EVENT TIME ts CLUSTER BY (sym); "
                + "INSERT INTO t VALUES ('2023-02-01 09:30', 'A', 1.5), ('2023-02-01 09:31', 'B', 2.5)"
        );

    public void Dispose()
    {
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Intervals_come_back_from_a_file_as_they_were()
    {
        var path = Path.Combine(folder, "spans.csv");
        const string columns = "(ts TIMESTAMP NOT NULL, i INTERVAL) EVENT TIME ts";
        database.Execute(
            $"CREATE TABLE spans {columns}; CREATE TABLE again {columns}; INSERT INTO spans VALUES ('2024-01-31', '1 month'), "
                + "('2024-02-01', '-1 month 2 days -00:00:00.000000001'), ('2024-02-02', NULL), ('2024-02-03', '0s')"
        );
        database.Execute($"COPY spans TO '{path}' (FORMAT csv); COPY again FROM '{path}' (FORMAT csv)");
        List<string> Rows(string table)
        {
            using var result = database.Query($"SELECT ts, i FROM {table} ORDER BY ts");
            return [.. result.ToTextRows().Select(r => string.Join('|', r))];
        }

        Assert.Equal(4, Rows("again").Count);
        Assert.Equal(Rows("spans"), Rows("again"));
    }

    [Fact]
    public void Parameters_take_the_type_of_what_they_stand_beside()
    {
        using var result = database.Query(
            "SELECT sym FROM t WHERE ts >= $1 AND px < $2",
            ConstantValue.Of("2023-02-01 09:31"),
            ConstantValue.Of(DataType.BigInt, 100)
        );
        Assert.Equal(["B"], result.ToTextRows().Select(r => r[0]));
    }

    [Fact]
    public void A_script_runs_statement_by_statement()
    {
        var results = database
            .RunScript("INSERT INTO t SELECT ts + 1h, sym, px FROM t; SELECT count(*) FROM t")
            .Select(r =>
            {
                using (r)
                    return (r.Statement, r.RowCount, Rows: r.Rows?.ToTextRows()[0][0]);
            });
        Assert.Equal([("INSERT", 2, null), ("SELECT", 0, "4")], results);
    }

    [Fact]
    public void A_result_does_not_see_later_rows()
    {
        using var before = database.Query("SELECT count(*) FROM t");
        var inserted = database.Execute("INSERT INTO t VALUES ('2023-02-01 10:00', 'C', 3)");
        Assert.Equal((1, 3), (inserted.RowCount, inserted.LastSequence));
        Assert.Equal("2", before.ToTextRows()[0][0]);
        Assert.Equal(2, before.Sequence);
    }

    [Fact]
    public void A_script_that_does_not_parse_does_nothing()
    {
        Assert.Throws<TickStoreException>(() => database.Execute("DROP TABLE t; SELEC 1"));
        Assert.NotNull(database.FindTable("t"));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    public void What_is_copied_out_comes_back(string format)
    {
        var path = Path.Combine(folder, $"t.{format}");
        Assert.Equal(2, database.Execute($"COPY t TO '{path}'").RowCount);
        database.Execute("CREATE TABLE u (ts TIMESTAMP, sym SYMBOL, px DOUBLE) EVENT TIME ts CLUSTER BY (sym)");
        Assert.Equal(2, database.Execute($"COPY u FROM '{path}' (FORMAT {format})").RowCount);
        using var difference = database.Query("SELECT * FROM t EXCEPT SELECT * FROM u");
        Assert.Empty(difference.ToTextRows());
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void Copy_of_a_query_writes_its_columns()
    {
        var path = Path.Combine(folder, "x.csv");
        database.Execute($"COPY (SELECT sym, px * 2 AS twice FROM t ORDER BY sym) TO '{path}' (FORMAT csv)");
        Assert.Equal("sym,twice\nA,3\nB,5\n", File.ReadAllText(path));
    }

    [Fact]
    public void Query_refuses_what_gives_no_rows()
    {
        var error = Assert.Throws<TickStoreException>(() => database.Query("DROP TABLE t"));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
    }

    [Fact]
    public void A_failed_insert_leaves_nothing()
    {
        var error = Assert.Throws<TickStoreException>(() =>
            database.Execute("INSERT INTO t VALUES ('2023-02-01 11:00', 'A', 1), ('x', 'A', 1)")
        );
        Assert.Equal(ErrorCode.InvalidText, error.Code);
        Assert.Equal(2, database.CommittedSequence);
    }
}
