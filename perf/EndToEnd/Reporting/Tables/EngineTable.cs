namespace TickStore.EndToEnd.Reporting.Tables;

/// <summary>A block of figures: a row for each metric, a column for each engine that has any of them.</summary>
internal static class EngineTable
{
    /// <summary>Writes figures, the best peer marked, and TickStore's ratio to it.</summary>
    public static void Write(Findings findings, MetricGroup group, string[] metrics, TextWriter output)
    {
        var engines = EnginesOf(findings, metrics);
        var hasRatio = engines.Length > 1 && engines[0] == EngineNames.TickStore;
        var units = metrics.Select(m => UnitOf(findings, m)).Where(u => u.Length > 0).Distinct().ToArray();
        var hasUnit = units.Length != 1;

        output.WriteLine();
        output.WriteLine(hasUnit ? group.Title : $"{group.Title} ({units[0]})");
        var table = new TextTable([
            "",
            .. hasUnit ? (string[])["unit"] : [],
            .. engines,
            .. hasRatio ? (string[])["ratio"] : [],
        ]);
        foreach (var metric in metrics)
        {
            var best = findings.BestPeer(metric);
            table.Add([
                group.LabelOf(metric),
                .. hasUnit ? (string[])[UnitOf(findings, metric)] : [],
                .. engines.Select(e => Cell(findings.Find(metric, e), best)),
                .. hasRatio ? (string[])[RatioCell(findings.Find(metric, EngineNames.TickStore), best)] : [],
            ]);
        }

        table.Write(output);
    }

    /// <summary>Writes the smallest and the largest value of each figure, where figures were taken more than once.</summary>
    public static void WriteSpreads(Findings findings, MetricGroup group, string[] metrics, TextWriter output)
    {
        var runs = findings.Measurements.Where(m => group.Contains(m.Metric)).Max(m => m.Runs ?? 1);
        if (runs < 2)
        {
            return;
        }

        var engines = EnginesOf(findings, metrics);
        output.WriteLine();
        output.WriteLine($"{group.Title}: smallest .. largest of up to {runs} runs ({UnitOf(findings, metrics[0])})");
        var table = new TextTable(["", .. engines]);
        foreach (var metric in metrics)
        {
            table.Add([
                metric[group.Prefix.Length..],
                .. engines.Select(e =>
                    findings.Find(metric, e) is { Min: { } min, Max: { } max }
                        ? $"{Numbers.Plain(min)} .. {Numbers.Plain(max)}"
                        : "-"
                ),
            ]);
        }

        table.Write(output);
    }

    private static string[] EnginesOf(Findings findings, string[] metrics) =>
        [.. EngineNames.All.Where(e => Array.Exists(metrics, m => findings.Find(m, e) is not null))];

    private static string UnitOf(Findings findings, string metric) =>
        EngineNames.All.Select(e => findings.Find(metric, e)?.Unit).FirstOrDefault(u => u is not null) ?? string.Empty;

    private static string Cell(Measurement? m, Measurement? best) =>
        m is null ? "- " : (m.IsLongerThan ? "> " : "") + Numbers.Plain(m.Value) + (m == best ? "*" : " ");

    // Where the peer was stopped the ratio is larger than shown, where TickStore was stopped it is smaller.
    private static string RatioCell(Measurement? own, Measurement? best) =>
        own is null || best is null
            ? "-"
            : (best.IsLongerThan ? "> " : "") + (own.IsLongerThan ? "< " : "") + Numbers.Ratio(own.RatioTo(best.Value));
}
