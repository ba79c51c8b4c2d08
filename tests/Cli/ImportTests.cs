// Proves the verb import: summary and acknowledgements, and that bad input is named by file, line, column and value,
// leaves nothing behind, or goes to the reject file. What is stored is read back by the verb sql.
namespace TickStore.Tests.Cli;

public sealed class ImportTests : IDisposable
{
    private const string Good =
        "ts,symbol,price,qty\n2026-03-02T09:30:00Z,A,10.5,100\n2026-03-02T09:30:01Z,B,20.25,200\n";
    private const string Bad =
        "ts,symbol,price,qty\n2026-03-02T09:31:00Z,A,10.5,300\n2026-03-02T09:31:01Z,B,20.25,many\n";

    private readonly TempFolder folder = new();

    private string Database => folder["db"];

    [Fact]
    public void Rows_are_stored_and_told_on_standard_error()
    {
        var result = Cli.Succeed("import", "--db", Database, "--table", "t", folder.Write("good.csv", Good));
        Assert.Empty(result.Output);
        Assert.Equal("t: 2 rows", result.ErrorLines[0]);
        Assert.StartsWith("Imported 2 rows, rejected 0, late 0; ", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.Equal(
            "ts,symbol,price,qty\n2026-03-02T09:30:00Z,A,10.5,100\n2026-03-02T09:30:01Z,B,20.25,200\n",
            Select("SELECT * FROM t ORDER BY ts")
        );
    }

    [Fact]
    public void Each_durable_batch_is_acknowledged_in_order()
    {
        var file = SampleDatabase.Sample("china-l2/600519_20230201/20230201.zip");
        var result = Cli.Succeed("import", "--db", Database, "--table", "s", "--ack", file);
        long rowCount = 0;
        foreach (var line in result.OutputLines)
        {
            var words = line.Split(' ');
            Assert.Equal("ack", words[0]);
            rowCount += long.Parse(words[2]);
            Assert.Equal(rowCount, long.Parse(words[1]));
        }

        Assert.Equal(86_979, rowCount);
    }

    [Fact]
    public void A_bad_line_is_named_and_nothing_is_kept()
    {
        var result = Cli.Run("import", "--db", Database, "--table", "fresh", folder.Write("bad.csv", Rejected()));
        AssertNamed(result);
        Assert.Equal("count\n0\n", Select("SELECT count(*) FROM ts_catalog.tables"));
    }

    [Fact]
    public void A_bad_line_leaves_the_rows_of_an_existing_table_as_they_were()
    {
        Cli.Succeed("import", "--db", Database, "--table", "t", folder.Write("good.csv", Good));
        AssertNamed(Cli.Run("import", "--db", Database, "--table", "t", folder.Write("bad.csv", Bad)));
        Assert.Equal("count\n2\n", Select("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Bad_lines_go_to_the_reject_file_and_the_others_in()
    {
        Cli.Succeed("import", "--db", Database, "--table", "t", folder.Write("good.csv", Good));
        var result = Cli.Succeed(
            "import",
            "--db",
            Database,
            "--table",
            "t",
            "--on-error",
            "reject",
            folder["rejects.csv"],
            folder.Write("bad.csv", Bad)
        );
        Assert.Contains("Imported 1 rows, rejected 1", result.Errors, StringComparison.Ordinal);
        Assert.Equal("count,sum\n3,600\n", Select("SELECT count(*), sum(qty) FROM t"));
        Assert.Equal("rejected_rows\n1\n", Select("SELECT rejected_rows FROM ts_catalog.tables"));
        var rejects = File.ReadAllLines(folder["rejects.csv"]);
        Assert.Equal(2, rejects.Length);
        Assert.Contains("bad.csv", rejects[1], StringComparison.Ordinal);
        Assert.Contains("many", rejects[1], StringComparison.Ordinal);
        Assert.Contains(",3,", rejects[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_goes_on_where_nobody_reads_the_acknowledgements()
    {
        var file = SampleDatabase.Sample("china-l2/600519_20230201/20230201.zip");
        using (var process = Cli.Start("import", "--db", Database, "--table", "s", "--ack", file))
        {
            process.StandardInput.Close();
            process.StandardOutput.Close();
            Assert.Contains("Imported 86,979 rows", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(0, process.ExitCode);
        }

        Assert.Equal("sum\n86979\n", Select("SELECT sum(rows) FROM ts_catalog.tables"));
    }

    [Fact]
    public void A_missing_file_makes_no_database()
    {
        var result = Cli.Run("import", "--db", Database, "--table", "t", folder["missing.csv"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(folder["missing.csv"], Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Database));
    }

    [Fact]
    public void Without_a_header_columns_are_numbered()
    {
        Cli.Succeed("import", "--db", Database, "--table", "t", "--no-header", folder.Write("plain.csv", "1,x\n2,y\n"));
        Assert.Equal("column_1,column_2\n1,x\n2,y\n", Select("SELECT * FROM t ORDER BY column_1"));
    }

    public void Dispose() => folder.Dispose();

    // Columns are inferred from the first rows, so that the bad line comes late.
    private static string Rejected() =>
        "ts,symbol,price,qty\n"
        + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"2026-03-02T09:30:{i % 60:00}Z,A,10.5,{i}\n"))
        + "2026-03-02T09:31:01Z,B,20.25,many\n";

    private static void AssertNamed(CliResult result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        var line = Assert.Single(result.ErrorLines);
        Assert.Contains("bad.csv", line, StringComparison.Ordinal);
        Assert.Contains("line ", line, StringComparison.Ordinal);
        Assert.Contains("qty", line, StringComparison.Ordinal);
        Assert.Contains("'many'", line, StringComparison.Ordinal);
    }

    private string Select(string sql) => Cli.Succeed("sql", "--db", Database, "-c", sql, "--format", "csv").Output;
}
