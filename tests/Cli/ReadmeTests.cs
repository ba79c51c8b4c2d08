// Proves that the README is true: its C# is the code below, which compiles and runs, its SQL runs on the samples that
// its commands import, its two commands are there, and its links lead somewhere.
using System.Text.RegularExpressions;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Cli;

[Collection(SampleCollection.Name)]
public sealed partial class ReadmeTests(SampleDatabase samples)
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(SampleDatabase.Repository, "README.md"))
        .ReplaceLineEndings("\n");

    private readonly record struct Trade(TickTime Ts, string Symbol, decimal Price, long Qty);

    [Fact]
    public void Its_program_runs()
    {
        using var folder = new TempFolder();
        var output = new StringWriter();
        var console = Console.Out;
        Console.SetOut(output);
        try
        {
            RunExample(folder["db"]);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Contains(
            "600519 2026-03-02T09:30:00Z 1854.9800 1855.0000 1854.9800 1855.0000 300",
            output.ToString(),
            StringComparison.Ordinal
        );
        Assert.Contains("2 rows, run hash ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_program_is_the_one_that_runs()
    {
        var source = File.ReadAllText(Path.Combine(SampleDatabase.Repository, "tests", "Cli", "ReadmeTests.cs"));
        Assert.Contains(Flat(Block("csharp")), Flat(source), StringComparison.Ordinal);
        Assert.Contains(
            "record struct Trade(TickTime Ts, string Symbol, decimal Price, long Qty)",
            Readme,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Its_queries_run()
    {
        var result = Cli.Succeed("sql", "--db", samples.Path, "-c", Block("sql"), "--format", "csv");
        Assert.Equal(4 + (3 * 5) + 4, result.OutputLines.Length);
    }

    /// <summary>Over a copy, for the samples are only read.</summary>
    [Fact]
    public void Its_views_are_made_and_equal_their_queries()
    {
        using var folder = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(samples.Path, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder["db"], Path.GetRelativePath(samples.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Cli.Succeed("sql", "--db", folder["db"], "-c", Block("sql", after: "## Follow"));
        const string Columns = "(b).open, (b).high, (b).low, (b).close, (b).volume, (b).count, bar_open";
        var bars = Cli.Succeed("sql", "--db", folder["db"], "-c", $"SELECT {Columns} FROM bars_5m ORDER BY bar_open");
        var query = Cli.Succeed(
            "sql",
            "--db",
            folder["db"],
            "-c",
            $"SELECT {Columns} FROM (SELECT symbol, ohlcv(price, qty) AS b, bar_open FROM s600519_trades "
                + "SAMPLE BY 5m CALENDAR 'XSHG' GROUP BY symbol) q ORDER BY bar_open"
        );
        Assert.True(bars.OutputLines.Length > 40, bars.Output);
        Assert.Equal(query.Output, bars.Output);
    }

    [Fact]
    public void Its_two_commands_are_there() =>
        Assert.Equal(
            "dotnet run -c Release --project client/TickStore.Cli -- demo\ndotnet test -c Release\n",
            Block("sh")
        );

    [Fact]
    public void Its_links_lead_somewhere()
    {
        var links = Links().Matches(Readme).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(links);
        Assert.All(links, l => Assert.True(File.Exists(Path.Combine(SampleDatabase.Repository, l)), l));
    }

    private static void RunExample(string path)
    {
        using var db = TickDatabase.Open(path);
        db.Execute(
            """
            CREATE TABLE trades (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, price DECIMAL(18,4), qty BIGINT)
            EVENT TIME ts CLUSTER BY (symbol) PARTITION BY DAY
            """
        );

        using (var appender = db.CreateAppender<Trade>("trades"))
        {
            appender.Append(new Trade(TickTime.Parse("2026-03-02T09:30:00.000000001Z"), "600519", 1854.98m, 100));
            appender.Append(new Trade(TickTime.Parse("2026-03-02T09:30:00.500Z"), "600519", 1855.00m, 200));
            appender.Commit(); // returns once the rows are on the device
        }

        var sql = "SELECT symbol, bar_open, ohlcv(price, qty).* FROM trades SAMPLE BY 1m GROUP BY symbol";
        using (var bars = db.Query(sql))
        {
            foreach (var row in bars.ToTextRows())
            {
                Console.WriteLine(string.Join(" ", row));
            }
        }

        using var replay = db.Replay(["trades"], speed: ReplaySpeed.Times(10));
        var report = replay.Run(block => Console.WriteLine($"{block.RowCount} rows at {new TickTime(block.LastTime)}"));
        Console.WriteLine($"{report.Rows} rows, run hash {report.RunHash}");
    }

    // The first fenced block of a language, behind a heading.
    private static string Block(string language, string after = "")
    {
        var from = Readme.IndexOf(after, StringComparison.Ordinal);
        var start = Readme.IndexOf($"```{language}\n", from, StringComparison.Ordinal) + language.Length + 4;
        return Readme[start..Readme.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Flat(string text) => Whitespace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Links();
}
