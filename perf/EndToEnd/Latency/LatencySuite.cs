using System.Globalization;
using TickStore.EndToEnd.Reporting;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Latency;

/// <summary>
/// From a tick to whoever waits for it: each path at a fixed rate, quiet and beside a full scan by SQL, and the largest rate it keeps up
/// with. The machine's own jitter and stolen time stand beside the figures.
/// </summary>
internal sealed class LatencySuite
{
    private const string HistoryTable = "history";
    private const string ScanSql = $"SELECT count(*), sum(px), sum(qty) FROM {HistoryTable}";

    /// <summary>Points of the curve, in percent.</summary>
    private static readonly double[] Percentiles =
    [
        10,
        25,
        50,
        75,
        90,
        95,
        97.5,
        99,
        99.5,
        99.75,
        99.9,
        99.95,
        99.99,
        99.999,
    ];

    private readonly Report report;
    private readonly LatencyPlan plan;
    private readonly TickDatabase database;
    private readonly TickTape tape = new();
    private int tableCount;

    private LatencySuite(Report report, LatencyPlan plan, TickDatabase database)
    {
        this.report = report;
        this.plan = plan;
        this.database = database;
    }

    /// <summary>Measures all paths that the report wants: about 10 seconds where small, else a little over a minute.</summary>
    /// <param name="report">Takes the figures.</param>
    /// <param name="folder">A database is made below it, and removed.</param>
    /// <param name="isSmall">Short runs, for a check that all works.</param>
    public static void Run(Report report, string folder, bool isSmall) =>
        Run(report, folder, isSmall ? LatencyPlan.Small : LatencyPlan.Medium);

    /// <summary>As the other form, with rates and times of one's own.</summary>
    public static void Run(Report report, string folder, LatencyPlan plan)
    {
        if (!report.Wants("latency") && !report.Wants("saturation"))
        {
            return;
        }

        var path = Path.Combine(folder, "latency");
        using (var database = TickDatabase.Open(path, new TickDatabaseOptions { ThreadCount = 1, CommitsFirst = true }))
        {
            var suite = new LatencySuite(report, plan, database);
            suite.WriteHistory();
            suite.MeasureJitter("quiet");
            using (new ScanLoad(database, ScanSql))
            {
                suite.MeasureJitter("scan");
            }

            foreach (var (name, open) in LatencyPaths.All)
            {
                suite.MeasurePath(name, open);
            }
        }

        Directory.Delete(path, recursive: true);
    }

    private void MeasurePath(string name, Func<PathSetting, ILatencyPath> open)
    {
        if (report.Wants($"latency.{name}"))
        {
            Report.Progress($"latency: {name}, quiet");
            MeasureAtRate($"latency.{name}.quiet", open, mayReaderSpin: Environment.ProcessorCount > 1);
            Report.Progress($"latency: {name}, beside a scan");
            using var scan = new ScanLoad(database, ScanSql);
            MeasureAtRate($"latency.{name}.scan", open, mayReaderSpin: Environment.ProcessorCount > 2);
            var scansPerSecond = scan.Scans / scan.Clock.Elapsed.TotalSeconds;
            report.Note($"latency.{name}.scan: {scansPerSecond * plan.HistoryRows:N0} rows/s scanned meanwhile");
        }

        if (report.Wants($"saturation.{name}"))
        {
            Report.Progress($"latency: {name}, largest rate");
            var ticksPerSecond = Saturation.Find(rate =>
                RunOnce(
                    open,
                    new LatencySink(),
                    rate,
                    TimeSpan.Zero,
                    plan.SaturationTry,
                    Environment.ProcessorCount > 1
                )
            );
            report.Add($"saturation.{name}", Measurement.TickStore, ticksPerSecond, "ticks/s");
        }
    }

    private void MeasureAtRate(string metric, Func<PathSetting, ILatencyPath> open, bool mayReaderSpin)
    {
        var sink = new LatencySink();
        var before = MachineNoise.Now();
        var run = RunOnce(open, sink, plan.TicksPerSecond, plan.WarmUp, plan.Measured, mayReaderSpin);
        var noise = MachineNoise.Now().Since(before);
        AddPercentiles(metric, sink.Histogram);
        report.Add($"{metric}.stolen", Measurement.TickStore, noise.StolenPercent, "%");
        report.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{metric}: {run.Ticks / run.Seconds:N0} ticks/s, {noise.StolenPercent:F1} % stolen, "
                    + $"{(double)noise.AllocatedBytes / run.Ticks:F1} B allocated a tick, {noise.Collections} collections "
                    + $"that paused for {noise.CollectionPauses.TotalMilliseconds:F1} ms in all"
            )
        );
    }

    private OpenLoopRun RunOnce(
        Func<PathSetting, ILatencyPath> open,
        LatencySink sink,
        double ticksPerSecond,
        TimeSpan warmUp,
        TimeSpan measured,
        bool mayReaderSpin
    )
    {
        var table = $"ticks_{++tableCount}";
        database.CreateTable(TickTable.Schema(table));
        OpenLoopRun run;
        using (var path = open(new PathSetting(database, table, sink, mayReaderSpin)))
        {
            GC.Collect();
            run = OpenLoop.Run(path, sink, tape, ticksPerSecond, warmUp, measured);
        }

        // What one run wrote must not be sealed and checkpointed during the next.
        database.Flush();
        database.DropTable(table);
        database.Seal();
        return run;
    }

    private void MeasureJitter(string variant)
    {
        var before = MachineNoise.Now();
        var histogram = JitterFloor.Measure(plan.Measured);
        AddPercentiles($"latency.jitter.{variant}", histogram);
        var noise = MachineNoise.Now().Since(before);
        report.Add($"latency.jitter.{variant}.stolen", Measurement.TickStore, noise.StolenPercent, "%");
    }

    private void AddPercentiles(string metric, LatencyHistogram histogram)
    {
        foreach (var percentile in Percentiles)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{metric}.p{percentile}");
            report.Add(name, Measurement.TickStore, histogram.PercentileMicros(percentile / 100), "us");
        }

        report.Add($"{metric}.max", Measurement.TickStore, histogram.MaxNanos / 1000.0, "us");
    }

    private void WriteHistory()
    {
        database.CreateTable(TickTable.Schema(HistoryTable));
        var symbols = TickTable.InternSymbols(database);
        var options = new AppenderOptions { CommitRows = 1000 * TickTape.BatchTicks, Durability = Durability.Async };
        using (var appender = database.CreateAppender(HistoryTable, options))
        {
            var start = LatencyClock.Nanos() - (plan.HistoryRows * 1000L);
            for (var row = 0; row < plan.HistoryRows; row += TickTape.BatchTicks)
            {
                TickTable.Append(appender, tape.Next(start + (row * 1000L)), symbols);
                if (appender.PendingRows >= options.CommitRows)
                {
                    appender.Commit();
                }
            }
        }

        database.Seal();
    }
}
