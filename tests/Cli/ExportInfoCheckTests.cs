// Proves the verbs export, info and check: files that hold what the table holds, figures that add up, and that one
// flipped byte anywhere in a segment is found and named.
using System.Text.Json;

namespace TickStore.Tests.Cli;

[Collection(SampleCollection.Name)]
public sealed class ExportInfoCheckTests(SampleDatabase samples) : IDisposable
{
    private readonly TempFolder folder = new();

    [Fact]
    public void A_table_is_exported_in_the_order_of_its_time_and_by_span()
    {
        Cli.Succeed(
            "export",
            "--db",
            samples.Path,
            "--table",
            "eurusd",
            "-o",
            folder["slice.csv"],
            "--from",
            "2014-05-05T08:00:00Z",
            "--to",
            "2014-05-05T09:00:00Z"
        );
        var expected = Cli.Succeed(
            "sql",
            "--db",
            samples.Path,
            "--format",
            "csv",
            "-c",
            "SELECT * FROM eurusd WHERE ts >= TIMESTAMP '2014-05-05T08:00Z' AND ts < TIMESTAMP '2014-05-05T09:00Z' ORDER BY ts, _seq"
        );
        Assert.Equal(expected.Output, File.ReadAllText(folder["slice.csv"]));
        Assert.True(expected.OutputLines.Length > 1000);
    }

    [Fact]
    public void A_query_is_exported_by_the_ending_of_the_file()
    {
        var result = Cli.Succeed(
            "export",
            "--db",
            samples.Path,
            "--query",
            "SELECT count(*) AS n FROM eurusd",
            "-o",
            folder["n.json"]
        );
        Assert.Equal("{\"n\":25177}\n", File.ReadAllText(folder["n.json"]));
        Assert.Empty(result.Output);
        Assert.Contains("Exported 1 rows", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_table_leaves_no_file()
    {
        var result = Cli.Run("export", "--db", samples.Path, "--table", "nothing", "-o", folder["x.csv"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("eurusd", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["x.csv"]));
    }

    [Fact]
    public void Info_adds_up()
    {
        using var info = JsonDocument.Parse(Cli.Succeed("info", "--db", samples.Path, "--format", "json").Output);
        var tables = info
            .RootElement.GetProperty("tables")
            .EnumerateArray()
            .ToDictionary(t => t.GetProperty("name").GetString()!);
        Assert.Equal(["eurusd", "s600519_orders", "s600519_snapshots", "s600519_trades"], tables.Keys.Order());
        Assert.Equal(27_135, tables["s600519_trades"].GetProperty("rows").GetInt64());
        Assert.Equal("2023-02-01T01:25:00.940Z", tables["s600519_trades"].GetProperty("min_ts").GetString());
        Assert.Equal(25_177 + 86_979, info.RootElement.GetProperty("rows").GetInt64());
        Assert.Equal(
            info.RootElement.GetProperty("bytes").GetInt64(),
            tables.Values.Sum(t => t.GetProperty("bytes").GetInt64())
        );
        foreach (var table in tables.Values)
        {
            var columnBytes = table.GetProperty("columns").EnumerateArray().Sum(c => c.GetProperty("bytes").GetInt64());
            Assert.InRange(columnBytes, 1, table.GetProperty("bytes").GetInt64());
        }
    }

    [Fact]
    public void Info_for_people_names_columns_and_codecs()
    {
        var text = Cli.Succeed("info", "--db", samples.Path).Output;
        Assert.Contains("eurusd: 25,177 rows", text, StringComparison.Ordinal);
        Assert.Contains("DECIMAL(18,8)", text, StringComparison.Ordinal);
        Assert.Contains("constant", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_is_clean_until_a_byte_is_flipped()
    {
        var copy = Directory.CreateDirectory(folder["copy"]).FullName;
        foreach (var source in Directory.EnumerateFiles(samples.Path, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(samples.Path, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }

        var clean = Cli.Succeed("check", "--db", copy);
        Assert.Empty(clean.Output);
        Assert.StartsWith("All is well", clean.Errors, StringComparison.Ordinal);

        // A byte in the middle of a segment belongs to a block of values.
        var segment = Directory.EnumerateFiles(Path.Combine(copy, "segments")).MaxBy(f => new FileInfo(f).Length)!;
        var bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(segment, bytes);
        var damaged = Cli.Run("check", "--db", copy);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains(Path.GetFileName(segment), Assert.Single(damaged.OutputLines), StringComparison.Ordinal);
        Assert.Contains("1 fault", Assert.Single(damaged.ErrorLines), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
