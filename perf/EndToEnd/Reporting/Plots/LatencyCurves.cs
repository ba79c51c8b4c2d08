using System.Globalization;
using System.Text.RegularExpressions;

namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>
/// Draws latencies over percentiles, where each further nine takes the same room (as HdrHistogram's plots do): the tail is what
/// is looked at. Points are figures named <c>latency.CASE.p99</c>, <c>latency.CASE.p99_9</c>.
/// </summary>
internal static partial class LatencyCurves
{
    private const double Width = 960;
    private const double Height = 520;
    private const double Left = 84;
    private const double Right = 30;
    private const double Top = 110;
    private const double Bottom = 62;

    /// <summary>Points by case, ascending by percentile; cases with fewer than two points are no curves.</summary>
    public static IReadOnlyList<(string Case, (double Percentile, double Micros)[] Points)> CurvesOf(
        Findings findings
    ) =>
        [
            .. findings
                .Measurements.Select(m => (Figure: m, Match: Point().Match(m.Metric)))
                .Where(p => p.Match.Success && p.Figure.Value > 0)
                .GroupBy(p => NameOf(p.Figure, p.Match))
                .Select(g =>
                    (g.Key, g.Select(p => (PercentileOf(p.Match), p.Figure.Value)).OrderBy(p => p.Item1).ToArray())
                )
                .Where(c => c.Item2.Length > 1),
        ];

    public static void Draw(Findings findings, string subtitle, TextWriter output)
    {
        var curves = CurvesOf(findings);
        var nines = curves.Max(c => NinesOf(c.Points[^1].Percentile));
        var scale = LogScale.Around([.. curves.SelectMany(c => c.Points).Select(p => p.Micros)], Height - Bottom, Top);
        double XOf(double percentile) =>
            Left + ((Width - Left - Right) * (NinesOf(percentile) - NinesOf(50)) / (nines - NinesOf(50)));

        using var svg = new SvgDrawing(output, Width, Height, "Latency from the intended time", subtitle);
        svg.Legend(Left, 76, Width - Right, curves.Select((c, i) => (c.Case, Palette.OfSeries(i))));
        DrawAxes(svg, scale, XOf, nines);
        for (var i = 0; i < curves.Count; i++)
        {
            var points = curves[i].Points.Where(p => p.Percentile >= 50).ToArray();
            svg.Curve(points.Select(p => (XOf(p.Percentile), scale.PixelOf(p.Micros))), Palette.OfSeries(i), 2.2);
            foreach (var (percentile, micros) in points)
            {
                var hint = $"{curves[i].Case}: p{percentile} {Numbers.Short(micros)} us";
                svg.Dot(XOf(percentile), scale.PixelOf(micros), 3, Palette.OfSeries(i), hint);
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

    private static string NameOf(Measurement figure, Match match)
    {
        var name = match.Groups["case"].Value.Replace('_', ' ').Replace('.', ' ');
        return figure.Engine == EngineNames.TickStore ? name : $"{name} ({figure.Engine})";
    }

    private static double PercentileOf(Match match) =>
        double.Parse(match.Groups["percentile"].Value.Replace('_', '.'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^latency\.(?<case>.+?)\.p(?<percentile>\d{1,2}([._]\d+)?)$")]
    private static partial Regex Point();
}
