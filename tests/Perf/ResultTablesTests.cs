// Proves that the table says what the fixture holds: the whole text against an expectation that was read by a person, no line
// too wide for a terminal, and every figure of every metric present in some block.
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Reporting.Tables;

namespace TickStore.Tests.Perf;

public sealed class ResultTablesTests
{
    private const int WidthMax = 140;

    [Fact]
    public void The_fixture_gives_the_expected_text() => Assert.Equal(Fixture.Text("table.txt"), Print(Fixture.Read()));

    [Fact]
    public void No_line_is_wider_than_a_terminal_even_with_large_figures()
    {
        var findings = Fixture.Empty();
        foreach (var engine in EngineNames.All)
        {
            findings.Add(new("bytes.snapshots_busy.column.bid_size", engine, 888.8, "B/row"));
            findings.Add(new("bytes.real.btc_perpetual_quotes.total", engine, 888.8, "B/row"));
            if (engine is EngineNames.Parquet or EngineNames.ClickHouseZstd)
            {
                // A form of rows has figures of size alone.
                continue;
            }

            findings.Add(new("query.Q7", engine, 88_888_888, "ms") { IsLongerThan = engine != EngineNames.TickStore });
            findings.Add(new("ingest.fsync_20000.snapshots_busy", engine, 188_888_888, "rows/s"));
        }

        Assert.All(Print(findings).Split('\n'), line => Assert.True(line.Length <= WidthMax, line));
        Assert.All(Print(Fixture.Read()).Split('\n'), line => Assert.True(line.Length <= WidthMax, line));
    }

    [Fact]
    public void Every_metric_belongs_to_one_block()
    {
        foreach (var metric in Fixture.Read().Measurements.Select(m => m.Metric).Distinct())
        {
            Assert.Single(MetricGroup.All, g => g.Contains(metric));
        }
    }

    [Fact]
    public void The_best_peer_is_marked_and_one_that_was_stopped_is_best_only_where_all_were()
    {
        var findings = Fixture.Empty();
        findings.Add(Fixture.Query("Q1", EngineNames.TickStore, 10));
        findings.Add(Fixture.Query("Q1", EngineNames.DuckDb, 100, isLongerThan: true));
        findings.Add(Fixture.Query("Q1", EngineNames.Sqlite, 200));
        findings.Add(Fixture.Query("Q2", EngineNames.DuckDb, 100, isLongerThan: true));
        findings.Add(Fixture.Query("Q2", EngineNames.Sqlite, 80, isLongerThan: true));
        Assert.Equal(EngineNames.Sqlite, findings.BestPeer("query.Q1")!.Engine);
        Assert.Equal(EngineNames.Sqlite, findings.BestPeer("query.Q2")!.Engine);
        Assert.Null(findings.BestPeer("query.Q3"));
        Assert.Contains("200.0*  20.00x", Print(findings), StringComparison.Ordinal);
    }

    private static string Print(Findings findings)
    {
        var output = new StringWriter { NewLine = "\n" };
        ResultTables.Write(findings, output);
        return output.ToString();
    }
}
