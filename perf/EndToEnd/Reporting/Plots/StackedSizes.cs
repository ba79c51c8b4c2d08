using System.Text.RegularExpressions;

namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>
/// Draws bytes a row: for each table a panel, for each engine a bar of its columns, with the indexes as an outline at the end.
/// Each panel has a scale of its own.
/// </summary>
internal static partial class StackedSizes
{
    private const double Width = 1100;
    private const double Left = 130;
    private const double BarHeight = 22;
    private const double BarStep = 30;
    private const double PanelGap = 46;

    private const string Reading = "; white: indexes; bars with a gap are cut";

    // Room to the right of the longest bar for its total.
    private const double Right = 290;

    // Where a bar ends at the latest, somewhat beyond the longest one with columns.
    private const double Cut = Width - Right + 60;

    public static void Draw(Findings findings, string subtitle, TextWriter output)
    {
        var tables = TablesOf(findings);
        var colours = ColoursOf(findings);
        var legendLines = 1 + (int)(colours.Keys.Sum(c => 34 + SvgDrawing.WidthOf(c, 12)) / (Width - 40));
        var top = 84 + (legendLines * 18);
        var height = top + tables.Sum(t => PanelGap + (EnginesOf(findings, t).Length * BarStep));

        using var svg = new SvgDrawing(output, Width, height, "Bytes a row on disk, by column", subtitle + Reading);
        svg.Legend(20, 76, Width - 20, colours.Select(c => (c.Key, c.Value)).Append(("rest", Palette.Rest)));
        var y = (double)top;
        foreach (var table in tables)
        {
            svg.Text(20, y + 14, table, 14, isBold: true);
            svg.Text(20 + SvgDrawing.WidthOf(table, 14) + 14, y + 14, "bytes a row", 12, colour: Palette.Quiet);
            y += 24;
            var engines = EnginesOf(findings, table);
            var pixelsPerByte = (Width - Left - Right) / LongestOf(findings, table, engines);
            foreach (var engine in engines)
            {
                DrawBar(svg, findings, table, engine, y, pixelsPerByte, colours);
                y += BarStep;
            }

            svg.Line(Left, y - (engines.Length * BarStep) - 4, Left, y - 4, Palette.Ink);
            y += PanelGap - 24;
        }
    }

    /// <summary>
    /// Tables that have a total, in the order in which they were measured. Recorded ones are many and have no columns here: the
    /// table shows them.
    /// </summary>
    public static string[] TablesOf(Findings findings) =>
        [
            .. findings
                .Measurements.Where(m => m.Metric.EndsWith(".total", StringComparison.Ordinal))
                .Where(m => m.Metric.StartsWith("bytes.", StringComparison.Ordinal))
                .Select(m => m.Metric["bytes.".Length..^".total".Length])
                .Where(t => !t.StartsWith("real.", StringComparison.Ordinal))
                .Distinct(),
        ];

    private static void DrawBar(
        SvgDrawing svg,
        Findings findings,
        string table,
        string engine,
        double y,
        double pixelsPerByte,
        Dictionary<string, string> colours
    )
    {
        var total = BytesOf(findings, table, engine, "total");
        var withIndex = BytesOf(findings, table, engine, "with_index");
        svg.Text(Left - 10, y + 15, engine, 12, "end", isBold: engine == EngineNames.TickStore);

        var x = Left;
        foreach (var (column, bytes) in ColumnsOf(findings, table, engine))
        {
            var width = bytes * pixelsPerByte;
            svg.Rectangle(x, y, width, BarHeight, colours[column], stroke: "#ffffff", hint: $"{column}: {bytes:F3} B");
            if (width > SvgDrawing.WidthOf(column, 10) + 6)
            {
                svg.Text(x + (width / 2), y + 15, column, 10, "middle", Palette.TextOn(colours[column]));
            }

            x += width;
        }

        // Columns can add up to a little more than the total where engines round; then there is no rest.
        var end = Math.Min(Left + (total * pixelsPerByte), Cut);
        if (end > x + 0.5)
        {
            svg.Rectangle(x, y, end - x, BarHeight, Palette.Rest, stroke: "#ffffff", hint: $"total: {total:F3} B");
        }

        end = Math.Max(end, x);
        var label = $"{total:F2} B";
        if (withIndex > total)
        {
            var indexEnd = Math.Min(Left + (withIndex * pixelsPerByte), Cut);
            if (indexEnd > end)
            {
                var hint = $"with index: {withIndex:F3} B";
                svg.Rectangle(end, y + 0.5, indexEnd - end, BarHeight - 1, "#ffffff", stroke: Palette.Rest, hint: hint);
                end = indexEnd;
            }

            label += $", with index {withIndex:F2} B";
        }

        if (end >= Cut)
        {
            DrawGap(svg, y);
        }

        svg.Text(end + 8, y + 15, label, 12, isBold: engine == EngineNames.TickStore);
    }

    // A gap before its end says that a bar is longer than there was room for.
    private static void DrawGap(SvgDrawing svg, double y)
    {
        for (var gap = 0; gap < 2; gap++)
        {
            var left = Cut - 14 - (gap * 6);
            svg.Line(left, y + BarHeight + 2, left + 6, y - 2, "#ffffff", 3);
        }
    }

    // A row store is so much longer than a column store that columns could not be seen: it does not set the scale.
    private static double LongestOf(Findings findings, string table, string[] engines)
    {
        var detailed = engines.Where(e => ColumnsOf(findings, table, e).Any()).ToArray();
        return (detailed.Length > 0 ? detailed : engines).Max(e => BytesOf(findings, table, e, "total"));
    }

    private static string[] EnginesOf(Findings findings, string table) =>
        [.. EngineNames.All.Where(e => findings.Find($"bytes.{table}.total", e) is not null)];

    private static double BytesOf(Findings findings, string table, string engine, string part) =>
        findings.Find($"bytes.{table}.{part}", engine)?.Value ?? 0;

    // Ten levels of a side that are columns of their own (bid_1 .. bid_10) are shown as one.
    private static IEnumerable<(string Column, double Bytes)> ColumnsOf(Findings findings, string table, string engine)
    {
        var prefix = $"bytes.{table}.column.";
        return findings
            .Measurements.Where(m => m.Engine == engine && m.Metric.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(m => NameOf(m.Metric[prefix.Length..]))
            .Select(g => (g.Key, g.Sum(m => m.Value)));
    }

    private static Dictionary<string, string> ColoursOf(Findings findings)
    {
        var colours = new Dictionary<string, string>();
        foreach (var table in TablesOf(findings))
        {
            foreach (var (column, _) in EngineNames.All.SelectMany(e => ColumnsOf(findings, table, e)))
            {
                colours.TryAdd(column, Palette.OfSeries(colours.Count));
            }
        }

        return colours;
    }

    private static string NameOf(string column) => Level().Replace(column, "");

    [GeneratedRegex(@"_?\[?\d+\]?$")]
    private static partial Regex Level();
}
