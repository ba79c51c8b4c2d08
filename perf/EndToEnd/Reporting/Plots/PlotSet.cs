namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>The plots of a run: those for which there are figures.</summary>
internal static class PlotSet
{
    /// <summary>File names, in the order in which a page shows them, with what each shows.</summary>
    public static readonly (string File, string Caption)[] Files =
    [
        ("queries.svg", "Queries, warm"),
        ("queries-cold.svg", "Queries, cold"),
        ("sizes.svg", "Bytes a row, by column"),
        ("ingest.svg", "Ingest"),
        ("latency.svg", "Latency"),
    ];

    /// <summary>Draws what can be drawn into the folder; a plot of an earlier run that has no figures now goes away.</summary>
    public static void Write(Findings findings, string folder)
    {
        foreach (var (file, _) in Files)
        {
            var text = new StringWriter();
            var path = Path.Combine(folder, file);
            if (Draw(findings, file, text))
            {
                File.WriteAllText(path, text.ToString() + "\n");
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Draws one plot; gives false, and writes nothing, where there are no figures for it.</summary>
    public static bool Draw(Findings findings, string file, TextWriter output)
    {
        var subtitle =
            $"{findings.Profile} profile, {findings.Machine.Cpu}, {findings.Machine.Cores} cores, commit {findings.Machine.Commit}";
        switch (file)
        {
            case "queries.svg":
                return DrawQueries(findings, MetricGroup.Queries, "Queries, warm", subtitle, output);
            case "queries-cold.svg":
                return DrawQueries(findings, MetricGroup.ColdQueries, "Queries, cold", subtitle, output);
            case "ingest.svg":
                return DrawIngest(findings, subtitle, output);
            case "sizes.svg" when StackedSizes.TablesOf(findings).Length > 0:
                StackedSizes.Draw(findings, subtitle, output);
                return true;
            case "latency.svg" when LatencyCurves.CurvesOf(findings).Count > 0:
                LatencyCurves.Draw(findings, subtitle, output);
                return true;
            default:
                return false;
        }
    }

    private static bool DrawQueries(
        Findings findings,
        MetricGroup group,
        string title,
        string subtitle,
        TextWriter output
    )
    {
        var groups = GroupsOf(findings, group, id => (id, QueryTitles.Find(id) ?? ""));
        if (groups.Count > 0)
        {
            subtitle += "; medians, lower is better; pale: stopped at its limit";
            GroupedBars.Draw(output, title, subtitle, "milliseconds, log scale", groups);
        }

        return groups.Count > 0;
    }

    private static bool DrawIngest(Findings findings, string subtitle, TextWriter output)
    {
        // "fsync_1000.trades": the table is the name, the way is in the words below it.
        var groups = GroupsOf(
            findings,
            MetricGroup.Ingest,
            label =>
                label.Split('.') is [var way, var table]
                    ? (table, way.Replace("fsync_", "durable commits of ", StringComparison.Ordinal))
                    : (label, "")
        );
        if (groups.Count > 0)
        {
            GroupedBars.Draw(output, "Ingest", subtitle + "; higher is better", "rows a second, log scale", groups);
        }

        return groups.Count > 0;
    }

    private static List<BarGroup> GroupsOf(
        Findings findings,
        MetricGroup group,
        Func<string, (string Name, string Words)> describe
    )
    {
        var groups = new List<BarGroup>();
        var metrics = findings
            .MetricsOf(group)
            .Where(m => EngineNames.All.Any(e => findings.Find(m, e) is { Value: > 0 }))
            .ToArray();
        var hasPeers = Array.Exists(metrics, m => findings.BestPeer(m) is not null);
        foreach (var metric in metrics)
        {
            // What only TickStore has is no comparison; the table has it.
            var bars = EngineNames.All.Select(e => (e, findings.Find(metric, e))).ToArray();
            if (bars.Count(b => b.Item2 is not null) > 1 || !hasPeers)
            {
                var (name, words) = describe(metric[group.Prefix.Length..]);
                groups.Add(new(name, words, bars));
            }
        }

        return groups;
    }
}
