// Proves that the reference of functions tells the truth: every example in the registry runs as SQL over a small table, and
// docs/guide/functions.md is what the registry says. Run with TICKSTORE_WRITE_DOCS=1 to write the page anew.
using System.Text;
using TickStore.Execution;

namespace TickStore.Tests.Sql.Statements;

public sealed class FunctionReferenceTests : IDisposable
{
    private readonly TickDatabase database = TickDatabase.OpenInMemory();

    public FunctionReferenceTests() =>
        database.Execute(
            "CREATE TABLE t (ts TIMESTAMP NOT NULL, px DECIMAL(18,4), qty BIGINT, bids DOUBLE[3]) EVENT TIME ts; "
                + "INSERT INTO t VALUES ('2026-03-02 09:30', 10.5, 100, '{10.4,10.3,10.1}'), ('2026-03-02 09:31', 10.25, 300, '{10.2,10.1,10}'), ('2026-03-02 09:32', 11, 200, '{10.9,10.8,10.7}')"
        );

    public void Dispose() => database.Dispose();

    public static TheoryData<string> Examples() =>
        [
            .. FunctionRegistry
                .Scalars.Values.Select(f => f.Example)
                .Concat(FunctionRegistry.Aggregates.Values.Select(f => f.Example))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_runs_and_gives_a_value(string example) =>
        Assert.Equal(example.StartsWith("nullif", StringComparison.Ordinal), Result(example) == "NULL");

    [Fact]
    public void The_page_is_current()
    {
        var path = Path.Combine(Root(), "docs", "guide", "functions.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("TICKSTORE_WRITE_DOCS") == "1")
            File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private string Result(string example)
    {
        using var result = database.Query($"SELECT {example} FROM t LIMIT 1");
        return Assert.Single(Assert.Single(result.ToTextRows())) ?? "NULL";
    }

    private string Page()
    {
        var text = new StringBuilder(
            "# Functions\n\nWritten from the registry by tests/Sql; every example runs there, over a table `t`:\n\n"
        )
            .Append("| ts | px | qty | bids |\n| --- | --: | --: | --- |\n| 09:30 | 10.5 | 100 | {10.4,10.3,10.1} |\n")
            .Append("| 09:31 | 10.25 | 300 | {10.2,10.1,10} |\n| 09:32 | 11 | 200 | {10.9,10.8,10.7} |\n")
            .Append(
                "\nWithout further words a function gives NULL where an argument is NULL.\n\n## Scalar functions and operators\n"
            );
        Table(text, FunctionRegistry.Scalars.Values.Select(f => (f.Name, f.Example, f.Summary)));
        text.Append(
            "\n## Aggregates\n\nRows in which an argument is NULL do not count. All of them may be used with OVER (..).\n"
        );
        Table(text, FunctionRegistry.Aggregates.Values.Select(f => (f.Name, f.Example, f.Summary)));
        return text.ToString();
    }

    private void Table(StringBuilder text, IEnumerable<(string Name, string Example, string Summary)> functions)
    {
        text.Append("\n| function | example | gives | |\n| --- | --- | --- | --- |\n");
        foreach (var (name, example, summary) in functions.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var value = name == "now" ? "the time" : $"`{Result(example)}`";
            text.Append($"| `{Cell(name)}` | `{Cell(example)}` | {value} | {Cell(summary)} |\n");
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TickStore.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
