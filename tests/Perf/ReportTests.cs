// Proves what a run concludes from its figures: medians against sorting and looking, geometric means against the root of a
// product, floors at their very edge, and that --only keeps nothing else.
using TickStore.EndToEnd.Reporting;

namespace TickStore.Tests.Perf;

public sealed class ReportTests
{
    private static readonly Machine Machine = new("AMD EPYC (tm) 9R14", 2, ".NET", "System", "ext4", "abc1234");

    [Theory]
    [InlineData(new[] { 5.0 }, 5.0)]
    [InlineData(new[] { 5.0, 1.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0, 7.0 }, 6.0)]
    public void A_sample_is_its_median_with_the_extremes(double[] values, double median)
    {
        var before = values.ToArray();
        Assert.Equal(new Samples(median, values.Min(), values.Max(), values.Length), Samples.Of(values));
        Assert.Equal(before, values);
    }

    [Fact]
    public void A_sample_of_nothing_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Samples.Of([]));

    [Fact]
    public void Geometric_means_are_roots_of_products_over_what_both_answered()
    {
        var findings = Fixture.Empty();
        findings.Add(Fixture.Query("Q1", EngineNames.TickStore, 10));
        findings.Add(Fixture.Query("Q1", EngineNames.DuckDb, 20));
        findings.Add(Fixture.Query("Q1", EngineNames.Sqlite, 500));
        findings.Add(Fixture.Query("Q2", EngineNames.TickStore, 10));
        findings.Add(Fixture.Query("Q2", EngineNames.DuckDb, 160));
        findings.Add(Fixture.Query("Q2", EngineNames.Sqlite, 5));
        findings.Add(Fixture.Query("Q3", EngineNames.TickStore, 10));
        findings.Add(Fixture.Query("Q3", EngineNames.Sqlite, 40, isLongerThan: true));
        findings.Add(Fixture.Query("Q4", EngineNames.DuckDb, 1));

        var means = GeometricMean.Of(findings, MetricGroup.Queries).ToDictionary(m => m.Against);
        Assert.Equal(["best_peer", "duckdb", "sqlite"], means.Keys.Order());
        AssertMean(means["best_peer"], [2, 0.5, 4], limitCount: 1, "query.Q2");
        AssertMean(means["duckdb"], [2, 16], limitCount: 0, "query.Q1");
        AssertMean(means["sqlite"], [50, 0.5, 4], limitCount: 1, "query.Q2");
    }

    [Theory]
    [InlineData("ingest.fsync_1000.trades", "rows/s", 1_000_000, 999_999)]
    [InlineData("ingest.fsync_20000.snapshots", "rows/s", 100_000, 99_999)]
    [InlineData("read.trades.segments_1_thread", "rows/s", 5_000_000, 4_999_999)]
    [InlineData("read.snapshots.head_1_thread", "rows/s", 500_000, 499_999)]
    public void A_floor_is_missed_just_below_it(string metric, string unit, double met, double missed)
    {
        Assert.False(Missed(new Measurement(metric, EngineNames.TickStore, met, unit)));
        Assert.True(Missed(new Measurement(metric, EngineNames.TickStore, missed, unit)));
        Assert.False(Missed(new Measurement(metric, EngineNames.DuckDb, missed, unit)));
    }

    [Theory]
    [InlineData("trades", EngineNames.Postgres, 5)]
    [InlineData("trades", EngineNames.Sqlite, 3)]
    [InlineData("snapshots", EngineNames.Postgres, 5)]
    [InlineData("snapshots", EngineNames.Sqlite, 3)]
    public void Row_stores_must_take_so_many_times_the_bytes(string table, string peer, double times)
    {
        var own = new Measurement($"bytes.{table}.total", EngineNames.TickStore, 8, "B/row");
        Assert.False(Missed(own, own with { Engine = peer, Value = 8 * times }));
        Assert.True(Missed(own, own with { Engine = peer, Value = (8 * times) - 0.01 }));
    }

    [Fact]
    public void An_aim_that_is_not_reached_fails_nothing()
    {
        var slow = new Measurement("seal.trades.per_core", EngineNames.TickStore, 1, "rows/s");
        Assert.False(Missed(slow));
        var findings = Fixture.Empty();
        findings.Add(slow);
        Assert.False(Assert.Single(Floors.Check(findings)).IsMet);
    }

    [Fact]
    public void Only_what_is_wanted_is_kept()
    {
        var report = new Report(Machine, "query.Q1");
        Assert.True(report.Wants("query"));
        Assert.True(report.Wants("query.Q11a"));
        Assert.False(report.Wants("ingest"));
        report.Add("query.Q1", EngineNames.TickStore, new Samples(2, 1, 4, 5), "ms");
        report.Add("query.Q2", EngineNames.TickStore, 3, "ms");
        report.LongerThan("query.Q1", EngineNames.Sqlite, 60_000, "ms");
        report.LeftOut("query.Q1", EngineNames.Postgres, "it cannot");
        report.LeftOut("query.Q2", EngineNames.Postgres, "it cannot");
        Assert.Equal(2, report.Findings.Measurements.Count);
        Assert.Equal("query.Q1", Assert.Single(report.Findings.LeftOut).Metric);
        Assert.Equal(4, report.Findings.Find("query.Q1", EngineNames.TickStore)!.Max);
        Assert.True(report.Findings.Find("query.Q1", EngineNames.Sqlite)!.IsLongerThan);
    }

    [Fact]
    public void A_reason_is_said_once_and_a_single_run_has_no_extremes()
    {
        var report = new Report(Machine, only: null);
        report.LeftOut("query_cold.Q2", EngineNames.Sqlite, "it takes 12 s even when warm");
        report.LeftOut("query_cold.Q2", EngineNames.Sqlite, "it takes 13 s even when warm");
        report.LeftOut(EngineNames.ClickHouse, "it is not installed");
        report.LeftOut(EngineNames.ClickHouse, "it is not installed");
        report.Add("query.Q1", EngineNames.TickStore, new Samples(2, 2, 2, 1), "ms");
        Assert.Equal(
            ["it takes 12 s even when warm", "it is not installed"],
            report.Findings.LeftOut.Select(l => l.Reason)
        );
        Assert.Null(report.Findings.Find("query.Q1", EngineNames.TickStore)!.Min);
    }

    [Fact]
    public void An_engine_has_one_figure_for_a_metric()
    {
        var report = new Report(Machine, only: null);
        report.Add("query.Q1", EngineNames.TickStore, 2, "ms");
        Assert.Throws<ArgumentException>(() => report.Add("query.Q1", EngineNames.TickStore, 3, "ms"));
    }

    [Fact]
    public void A_machine_names_a_folder_that_any_system_can_have() =>
        Assert.Equal("amd-epyc-tm-9r14-2-cores", Machine.FolderName);

    private static void AssertMean(GeometricMean mean, double[] ratios, int limitCount, string worst)
    {
        var product = ratios.Aggregate((a, b) => a * b);
        Assert.Equal(Math.Pow(product, 1.0 / ratios.Length), mean.Ratio, 12);
        Assert.Equal(ratios.Length, mean.Count);
        Assert.Equal(limitCount, mean.LimitCount);
        Assert.Equal(worst, mean.Worst);
        Assert.Equal(ratios.Min(), mean.WorstRatio, 12);
    }

    private static bool Missed(params Measurement[] measurements)
    {
        var report = new Report(Machine, only: null);
        foreach (var m in measurements)
        {
            report.Add(m.Metric, m.Engine, m.Value, m.Unit);
        }

        return report.MissedFloor;
    }
}
