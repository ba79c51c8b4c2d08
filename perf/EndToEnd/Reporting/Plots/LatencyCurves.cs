namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>
/// Draws latencies over percentiles, where each further nine takes the same room (as HdrHistogram's plots do): the tail is what
/// is looked at. A path has one colour; beside a scan its curve is dashed.
/// </summary>
internal static class LatencyCurves
{
    private const double Width = 960;
    private const double Height = 520;
    private const double Left = 84;
    private const double Right = 30;
    private const double Top = 110;
    private const double Bottom = 62;
    private const string Reading = "; dashed: beside a full scan";

    /// <summary>Points by case, ascending by percentile; cases with fewer than two points are no curves.</summary>
    public static IReadOnlyList<(string Case, (double Percentile, double Micros)[] Points)> CurvesOf(
        Findings findings
    ) =>
        [
            .. findings
                .Measurements.Where(m => m.Engine == EngineNames.TickStore && m.Value > 0)
                .Select(m => (Point: LatencyPoint.Parse(m.Metric), Micros: m.Value))
                .Where(p => p.Point?.Percentile >= 50)
                .GroupBy(p => p.Point!.Case)
                .Select(g =>
                    (g.Key, g.Select(p => (p.Point!.Percentile!.Value, p.Micros)).OrderBy(p => p.Value).ToArray())
                )
                .Where(c => c.Item2.Length > 1),
        ];

    public static void Draw(Findings findings, string subtitle, TextWriter output)
    {
        var curves = CurvesOf(findings);
        var paths = curves.Select(c => PathOf(c.Case)).Distinct().ToArray();
        var nines = curves.Max(c => NinesOf(c.Points[^1].Percentile));
        var scale = LogScale.Around([.. curves.SelectMany(c => c.Points).Select(p => p.Micros)], Height - Bottom, Top);
        double XOf(double percentile) =>
            Left + ((Width - Left - Right) * (NinesOf(percentile) - NinesOf(50)) / (nines - NinesOf(50)));

        using var svg = new SvgDrawing(output, Width, Height, "Latency from the intended time", subtitle + Reading);
        svg.Legend(Left, 76, Width - Right, paths.Select((p, i) => (p.Replace('_', ' '), Palette.OfSeries(i))));
        DrawAxes(svg, scale, XOf, nines);
        foreach (var (name, points) in curves)
        {
            var colour = Palette.OfSeries(Array.IndexOf(paths, PathOf(name)));
            var pixels = points.Select(p => (XOf(p.Percentile), scale.PixelOf(p.Micros)));
            svg.Curve(pixels, colour, 2.2, IsBesideScan(name) ? "7 4" : null);
            foreach (var (percentile, micros) in points)
            {
                var hint = $"{name}: p{percentile} {Numbers.Short(micros)} us";
                svg.Dot(XOf(percentile), scale.PixelOf(micros), 3, colour, hint);
            }
        }
    }

    private static void DrawAxes(SvgDrawing svg, LogScale scale, Func<double, double> xOf, double nines)
    {
        foreach (var (value, isMajor) in scale.Lines())
        {
            var y = scale.PixelOf(value);
            svg.Line(Left, y, Width - Right, y, isMajor ? Palette.Grid : Palette.FineGrid);
            if (isMajor)
            {
                svg.Text(Left - 8, y + 4, Numbers.Short(value), 12, "end", Palette.Quiet);
            }
        }

        foreach (var percentile in (double[])[50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999])
        {
            if (NinesOf(percentile) > nines + 0.01)
            {
                break;
            }

            svg.Line(xOf(percentile), scale.LowPixel, xOf(percentile), scale.HighPixel, Palette.Grid);
            svg.Text(xOf(percentile), scale.LowPixel + 18, $"{percentile} %", 12, "middle", Palette.Quiet);
        }

        svg.Line(Left, scale.LowPixel, Width - Right, scale.LowPixel, Palette.Ink);
        svg.Text(
            18,
            (scale.LowPixel + scale.HighPixel) / 2,
            "microseconds, log scale",
            12,
            "middle",
            Palette.Quiet,
            rotation: -90
        );
        svg.Text((Left + Width - Right) / 2, Height - 18, "percentile of all ticks", 12, "middle", Palette.Quiet);
    }

    private static double NinesOf(double percentile) => -Math.Log10(1 - (percentile / 100));

    private static bool IsBesideScan(string name) => name.EndsWith(".scan", StringComparison.Ordinal);

    // "path.quiet" and "path.scan" are one path.
    private static string PathOf(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;
}
