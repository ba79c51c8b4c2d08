// Proves the verb subscribe: JSON lines as the contract has them, of a table, a view and a query; resuming, limits, ends and envelopes.
using System.Text.Json;

namespace TickStore.Tests.Cli;

public sealed class SubscribeTests : IDisposable
{
    private readonly TempFolder folder = new();

    public SubscribeTests() =>
        Cli.Succeed(
            "sql",
            "--db",
            folder["db"],
            "-c",
            """
            CREATE TABLE t (ts TIMESTAMP NOT NULL, s SYMBOL NOT NULL, p DECIMAL(18,2), q BIGINT) EVENT TIME ts CLUSTER BY (s);
            INSERT INTO t VALUES ('2026-03-02T09:30:00Z', 'A', 1.50, 10), ('2026-03-02T09:30:01Z', 'B', 2.50, 20);
            CREATE MATERIALIZED VIEW v AS SELECT s, sum(q) AS total FROM t GROUP BY s;
            INSERT INTO t VALUES ('2026-03-02T09:30:02Z', 'A', NULL, 5)
            """
        );

    [Fact]
    public void Rows_of_a_table_are_lines_of_the_contract()
    {
        var lines = Subscribe("--view", "t");
        Assert.Equal(4, lines.Length);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal(
            ["seq", "epoch", "durable_seq", "op", "cause", "row"],
            first.RootElement.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("insert", first.RootElement.GetProperty("op").GetString());
        Assert.Equal("new", first.RootElement.GetProperty("cause").GetString());
        Assert.Equal(
            """{"ts":"2026-03-02T09:30:00Z","s":"A","p":1.50,"q":10}""",
            first.RootElement.GetProperty("row").GetRawText()
        );
        using var last = JsonDocument.Parse(lines[2]);
        var sequence = last.RootElement.GetProperty("seq").GetInt64();
        Assert.True(sequence <= last.RootElement.GetProperty("durable_seq").GetInt64());
        Assert.Equal(JsonValueKind.Null, last.RootElement.GetProperty("row").GetProperty("p").ValueKind);
        using var progress = JsonDocument.Parse(lines[3]);
        Assert.True(progress.RootElement.GetProperty("progress").GetInt64() >= sequence);
    }

    [Fact]
    public void It_resumes_behind_a_line_and_ends_where_it_is_told()
    {
        var all = Subscribe("--view", "t");
        var sequences = all.Take(3).Select(Sequence).ToArray();
        Assert.Equal(all.Skip(1).Select(Row), Subscribe("--view", "t", "--from-seq", $"{sequences[0]}").Select(Row));
        Assert.Equal(2, Subscribe("--view", "t", "--until-seq", $"{sequences[1]}").Count(l => Row(l) is not null));
        Assert.Equal(1, Subscribe("--view", "t", "--limit", "1").Count(l => Row(l) is not null));
    }

    [Fact]
    public void A_view_is_what_it_is_now_or_what_has_changed()
    {
        var rows = Subscribe("--view", "v").Select(Row).ToArray();
        Assert.Equal(["""{"s":"A","total":15}""", """{"s":"B","total":20}"""], rows.OfType<string>().Order());
        var second = Sequence(Subscribe("--view", "t")[1]);
        var changed = Subscribe("--view", "v", "--from-seq", $"{second}");
        Assert.Contains("\"op\":\"update\"", changed[0], StringComparison.Ordinal);
        Assert.Equal("""{"s":"A","total":15}""", Row(changed[0]));
        Assert.Null(Row(changed[1]));
    }

    [Fact]
    public void Queries_filter_and_keep_the_newest()
    {
        var filtered = Subscribe("--query", "SELECT q * 2 AS twice FROM t WHERE s = 'A'");
        Assert.Equal(["""{"twice":20}""", """{"twice":10}"""], filtered.Select(Row).OfType<string>());
        var newest = Subscribe("--query", "SELECT s, q FROM t", "--envelope", "upsert", "--key", "s", "--durable");
        Assert.Equal(["""{"s":"B","q":20}""", """{"s":"A","q":5}"""], newest.Select(Row).OfType<string>());
        Assert.Equal(
            newest.Select(Row),
            Subscribe("--query", "SELECT s, q FROM t", "--key", "s", "--conflate", "5").Select(Row)
        );
        Assert.Equal(4, Subscribe("--query", "SUBSCRIBE TO t WITH (SNAPSHOT = true) VISIBILITY DURABLE").Length);
    }

    [Fact]
    public void A_named_reader_goes_on_where_it_was()
    {
        Assert.Equal(3, Subscribe("--view", "t", "--durable", "desk7").Count(l => Row(l) is not null));
        Assert.Equal(0, Subscribe("--view", "t", "--durable", "desk7").Count(l => Row(l) is not null));
        Cli.Succeed("sql", "--db", folder["db"], "-c", "INSERT INTO t VALUES ('2026-03-02 10:00:00', 'C', 1, 7)");
        Assert.Equal(
            ["""{"s":"C","q":7}"""],
            Subscribe("--query", "SUBSCRIBE TO (SELECT s, q FROM t) DURABLE 'desk7'").Select(Row).OfType<string>()
        );
        Assert.Equal(4, Subscribe("--view", "t", "--durable", "other").Count(l => Row(l) is not null));
        Assert.Contains(
            "desk7,t,",
            Cli.Succeed(
                "sql",
                "--db",
                folder["db"],
                "-c",
                "SELECT name, source, position FROM ts_catalog.subscriptions",
                "--format",
                "csv"
            ).Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(2, "either --query SQL or --view NAME")]
    [InlineData(2, "either --query SQL or --view NAME", "--view", "t", "--query", "SELECT 1")]
    [InlineData(1, "no table or view", "--view", "nothing")]
    [InlineData(1, "outside what is committed", "--view", "t", "--from-seq", "1000")]
    [InlineData(1, "materialized view", "--query", "SELECT s, count(*) FROM t GROUP BY s")]
    public void What_cannot_be_is_said_in_one_line(int exitCode, string expected, params string[] arguments)
    {
        var result = Cli.Run(["subscribe", "--db", folder["db"], .. arguments]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    public void Dispose() => folder.Dispose();

    private string[] Subscribe(params string[] arguments) =>
        Cli.Succeed(["subscribe", "--db", folder["db"], .. arguments]).OutputLines;

    private static long Sequence(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.GetProperty("seq").GetInt64();
    }

    private static string? Row(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.TryGetProperty("row", out var row) ? row.GetRawText() : null;
    }
}
