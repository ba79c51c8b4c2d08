namespace TickStore.EndToEnd.Reporting.Tables;

/// <summary>The block of latencies: a row for each case, percentiles from left to right.</summary>
internal static class LatencyTable
{
    // The curve has more points; a table with all of them would be too wide to read.
    private static readonly double[] Percentiles = [50, 90, 99, 99.9, 99.99];

    public static void Write(Findings findings, string[] metrics, TextWriter output)
    {
        var points = metrics.Select(m => (Metric: m, Point: LatencyPoint.Parse(m))).ToArray();
        var parts = points
            .Where(p => p.Point is { } point && (point.Percentile is not { } number || Percentiles.Contains(number)))
            .OrderBy(p => p.Point!.Percentile ?? 100)
            .Select(p => p.Point!.Part)
            .Distinct()
            .ToArray();
        var cases = points.Where(p => p.Point is not null).Select(p => p.Point!.Case).Distinct();

        output.WriteLine();
        output.WriteLine($"{MetricGroup.Latency.Title} (us; stolen: % of CPU time that other machines took)");
        var table = new TextTable(["", .. parts]);
        foreach (var name in cases)
        {
            table.Add([
                name,
                .. parts.Select(p =>
                    findings.Find($"{MetricGroup.Latency.Prefix}{name}.{p}", EngineNames.TickStore) is { } figure
                        ? Numbers.Plain(figure.Value)
                        : "-"
                ),
            ]);
        }

        table.Write(output);
    }
}
