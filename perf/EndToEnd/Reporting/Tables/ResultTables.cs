namespace TickStore.EndToEnd.Reporting.Tables;

/// <summary>All findings as text: a block for each group, engines side by side, then floors, versions and notes.</summary>
internal static class ResultTables
{
    public static void Write(Findings findings, TextWriter output)
    {
        output.WriteLine($"{findings.Profile} profile, {findings.Date}, commit {findings.Machine.Commit}".TrimEnd());
        output.WriteLine(findings.Machine.ToString());
        output.WriteLine(
            "* best peer; x: how many times better TickStore is than it; > stopped at that limit; - no figure"
        );
        foreach (var group in MetricGroup.All)
        {
            WriteGroup(findings, group, output);
        }

        WriteFloors(findings, output);
        WriteFoot(findings, output);
    }

    private static void WriteGroup(Findings findings, MetricGroup group, TextWriter output)
    {
        var metrics = findings.MetricsOf(group);
        if (metrics.Length == 0)
        {
            return;
        }

        if (group == MetricGroup.Latency)
        {
            LatencyTable.Write(findings, metrics, output);
            return;
        }

        var isQuery = group == MetricGroup.Queries || group == MetricGroup.ColdQueries;
        EngineTable.Write(findings, group, metrics, output);
        WriteReasons(findings, group, metrics, output);
        if (isQuery)
        {
            WriteMeans(findings, group, output);
            EngineTable.WriteSpreads(findings, group, metrics, output);
        }
    }

    private static void WriteReasons(Findings findings, MetricGroup group, string[] metrics, TextWriter output)
    {
        var here = findings.LeftOut.Where(l =>
            l.Metric.Length > 0 && Array.Exists(metrics, m => m.StartsWith(l.Metric, StringComparison.Ordinal))
        );
        foreach (var alike in here.GroupBy(l => (l.Engine, l.Reason)))
        {
            var names = alike.Select(l =>
                l.Metric.Length > group.Prefix.Length ? l.Metric[group.Prefix.Length..] : "all"
            );
            output.WriteLine($"  {alike.Key.Engine}: {string.Join(", ", names)} left out, because {alike.Key.Reason}");
        }
    }

    private static void WriteMeans(Findings findings, MetricGroup group, TextWriter output)
    {
        var means = GeometricMean.Of(findings, group).ToArray();
        if (means.Length == 0)
        {
            return;
        }

        output.WriteLine();
        var table = new TextTable("geometric mean of ratios", "mean", "queries", "at the limit", "smallest", "in");
        foreach (var mean in means)
        {
            table.Add(
                mean.Against == GeometricMean.BestPeer ? "to the best peer of each query" : $"to {mean.Against}",
                Numbers.Ratio(mean.Ratio),
                $"{mean.Count}",
                $"{mean.LimitCount}",
                Numbers.Ratio(mean.WorstRatio),
                mean.Worst[group.Prefix.Length..]
            );
        }

        table.Write(output);
    }

    private static void WriteFloors(Findings findings, TextWriter output)
    {
        var results = Floors.Check(findings).ToArray();
        if (results.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("floors and aims");
        var table = new TextTable("metric", "demanded", "reached", "");
        foreach (var result in results)
        {
            var verdict = result switch
            {
                { IsMet: true } => "met",
                { IsFloor: true } => "MISSED",
                _ => "not yet",
            };
            table.Add(result.Metric, result.Demand, Numbers.Ratio(result.Share), verdict);
        }

        table.Write(output);
    }

    private static void WriteFoot(Findings findings, TextWriter output)
    {
        output.WriteLine();
        foreach (var (engine, version) in findings.Versions)
        {
            output.WriteLine($"{engine}: {version}");
        }

        foreach (var missing in findings.LeftOut.Where(l => l.Metric.Length == 0))
        {
            output.WriteLine($"{missing.Engine} left out, because {missing.Reason}");
        }

        foreach (var note in findings.Notes)
        {
            output.WriteLine(note);
        }
    }
}
