// Proves the verb sql: its formats to the byte, scripts from -c, -f and a pipe, files that are whole or absent, errors
// with a caret, and that a reader who leaves early ends it quietly.
namespace TickStore.Tests.Cli;

[Collection(SampleCollection.Name)]
public sealed class SqlTests(SampleDatabase samples) : IDisposable
{
    private const string Values = """
        SELECT * FROM (VALUES (1, 'a,"b"', 1.50, TRUE, TIMESTAMP '2026-03-02T09:30:00.000000001Z'),
                              (2, '', NULL, FALSE, NULL)) AS v(i, s, d, b, t) ORDER BY i
        """;

    private readonly TempFolder folder = new();

    [Fact]
    public void Csv_is_as_the_import_reads_it() =>
        Assert.Equal(
            "i,s,d,b,t\n1,\"a,\"\"b\"\"\",1.50,true,2026-03-02T09:30:00.000000001Z\n2,\"\",,false,\n",
            Cli.Succeed("sql", "-c", Values, "--format", "csv").Output
        );

    [Fact]
    public void Json_is_an_object_a_line() =>
        Assert.Equal(
            """
            {"i":1,"s":"a,\"b\"","d":1.50,"b":true,"t":"2026-03-02T09:30:00.000000001Z"}
            {"i":2,"s":"","d":null,"b":false,"t":null}

            """,
            Cli.Succeed("sql", "-c", Values, "--format", "json").Output
        );

    [Fact]
    public void Json_keeps_arrays_and_what_it_has_no_numbers_for() =>
        Assert.Equal(
            "{\"a\":[1,2,3],\"n\":\"NaN\",\"i\":\"-Infinity\",\"e\":1E+300}\n",
            Cli.Succeed(
                "sql",
                "-c",
                "SELECT '{1,2,3}'::INT[3] AS a, 'NaN'::DOUBLE AS n, '-Infinity'::DOUBLE AS i, 1e300::DOUBLE AS e",
                "--format",
                "json"
            ).Output
        );

    [Fact]
    public void A_table_is_aligned_and_free_of_colours_where_nobody_looks() =>
        Assert.Equal(
            """
            name   n
            ----  --
            中文   1
            b     22
            (2 rows)

            """,
            Cli.Succeed("sql", "-c", "SELECT * FROM (VALUES ('中文', 1), ('b', 22)) AS v(name, n) ORDER BY n").Output
        );

    [Fact]
    public void Scripts_run_in_order_and_stop_at_the_first_error()
    {
        var script = folder.Write(
            "script.sql",
            "CREATE TABLE t (i INT);\nINSERT INTO t VALUES (1), (2);\nSELECT count(*) FROM t;\nINSERT INTO t VALUES (1/0);\nDROP TABLE t;"
        );
        var result = Cli.Run("sql", "--db", folder["db"], "-f", script, "--format", "csv");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("count\n2\n", result.Output);
        Assert.Contains("line 4, column ", result.Errors, StringComparison.Ordinal);
        Assert.Equal(
            "count\n2\n",
            Cli.Succeed("sql", "--db", folder["db"], "-c", "SELECT count(*) FROM t", "--format", "csv").Output
        );
    }

    [Fact]
    public void A_script_that_does_not_parse_does_nothing()
    {
        var result = Cli.Run("sql", "--db", folder["db"], "-c", "CREATE TABLE t (i INT); SELEC 1");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            "count\n0\n",
            Cli.Succeed(
                "sql",
                "--db",
                folder["db"],
                "-c",
                "SELECT count(*) FROM ts_catalog.tables",
                "--format",
                "csv"
            ).Output
        );
    }

    [Fact]
    public void A_script_may_come_through_a_pipe() =>
        Assert.Equal("x\n1\n", Cli.RunWithInput("SELECT 1 AS x; -- that was it", "sql", "--format", "csv").Output);

    [Fact]
    public void An_unknown_table_is_pointed_at_with_the_nearest_name()
    {
        var result = Cli.Run("sql", "--db", samples.Path, "-c", "SELECT *\nFROM s600519_trade");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(
            [
                "tickstore: line 2, column 6: there is no table \"s600519_trade\"; did you mean \"s600519_trades\"?",
                "  FROM s600519_trade",
                "       ^",
            ],
            result.ErrorLines
        );
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("arrow")]
    [InlineData("csv")]
    public void Rows_written_to_a_file_import_again(string format)
    {
        var file = folder[$"rows.{format}"];
        Cli.Succeed("sql", "--db", samples.Path, "-c", "SELECT ts, symbol, price, qty FROM s600519_trades", "-o", file);
        Cli.Succeed("import", "--db", folder["db"], "--table", "t", file);
        const string Sums = "SELECT count(*), sum(qty), min(ts), max(ts) FROM ";
        Assert.Equal(
            Cli.Succeed("sql", "--db", samples.Path, "-c", Sums + "s600519_trades").Output,
            Cli.Succeed("sql", "--db", folder["db"], "-c", Sums + "t").Output
        );
    }

    [Fact]
    public void A_failed_query_leaves_no_file()
    {
        var result = Cli.Run("sql", "-c", "SELECT 1 AS x; SELECT 1/0", "-o", folder["x.csv"]);
        Assert.Equal(1, result.ExitCode);
        Assert.False(File.Exists(folder["x.csv"]));
        Assert.False(File.Exists(folder["x.csv.partial"]));
    }

    [Fact]
    public void A_reader_who_leaves_early_ends_it_quietly()
    {
        // Some 75 million rows: it ends only because the pipe is closed.
        using var process = Cli.Start(
            "sql",
            "--db",
            samples.Path,
            "--format",
            "csv",
            "-c",
            "SELECT a.ts, b.ts FROM s600519_orders a CROSS JOIN s600519_trades b"
        );
        process.StandardInput.Close();
        Assert.Equal("ts,ts", process.StandardOutput.ReadLine());
        process.StandardOutput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, process.ExitCode);
        Assert.Empty(process.StandardError.ReadToEnd());
    }

    public void Dispose() => folder.Dispose();
}
