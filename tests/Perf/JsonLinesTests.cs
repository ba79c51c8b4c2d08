// Proves that results survive being kept: the fixture, read and written again, is the same text to the byte, so nothing that
// a run found is lost in the file from which plots are drawn again; and that a damaged file is named by its line.
using System.Text.Json;
using TickStore.EndToEnd.Reporting;

namespace TickStore.Tests.Perf;

public sealed class JsonLinesTests
{
    [Fact]
    public void Reading_and_writing_again_gives_the_same_text()
    {
        var output = new StringWriter { NewLine = "\n" };
        JsonLines.Write(Fixture.Read(), output);
        Assert.Equal(Fixture.Text("results.jsonl"), output.ToString());
    }

    [Fact]
    public void Every_line_has_the_six_members_of_the_contract_in_order()
    {
        foreach (var line in Fixture.Text("results.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var names = json.RootElement.EnumerateObject().Select(p => p.Name).Take(6);
            Assert.Equal(["metric", "engine", "value", "unit", "ratio_to", "ratio"], names);
        }
    }

    [Fact]
    public void Ratios_are_above_1_where_TickStore_is_better_in_either_direction()
    {
        var findings = Fixture.Empty();
        findings.Add(new("ingest.bulk.trades", EngineNames.TickStore, 4_000_000, "rows/s"));
        findings.Add(new("ingest.bulk.trades", EngineNames.Sqlite, 500_000, "rows/s"));
        findings.Add(Fixture.Query("Q1", EngineNames.TickStore, 2));
        findings.Add(Fixture.Query("Q1", EngineNames.Sqlite, 30));
        var output = new StringWriter();
        JsonLines.Write(findings, output);
        Assert.Contains("\"ratio_to\":\"sqlite\",\"ratio\":8}", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"ratio_to\":\"sqlite\",\"ratio\":15}", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json at all", 3)]
    [InlineData("{\"metric\":\"query.Q1\",\"engine\":\"duckdb\"}", 3)]
    [InlineData("[1,2]", 3)]
    [InlineData("{\"metric\":\"query.Q1\",\"engine\":\"duckdb\",\"value\":\"fast\",\"unit\":\"ms\"}", 3)]
    public void A_damaged_line_is_named(string damaged, int lineNumber)
    {
        var lines = Fixture.Text("results.jsonl").Split('\n');
        lines[lineNumber - 1] = damaged;
        var error = Assert.Throws<InvalidDataException>(() =>
            JsonLines.Read(new StringReader(string.Join('\n', lines)))
        );
        Assert.Contains($"Line {lineNumber} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_lines_is_refused() =>
        Assert.Throws<InvalidDataException>(() => JsonLines.Read(new StringReader("")));
}
