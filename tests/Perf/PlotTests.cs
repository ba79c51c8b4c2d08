// Proves that plots are well-formed XML that shows every figure: a shape with a hint for each, inside the drawing, taller or
// longer where the figure is larger; and that a plot without figures is not drawn.
using System.Globalization;
using System.Xml.Linq;
using TickStore.EndToEnd;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Reporting.Plots;

namespace TickStore.Tests.Perf;

public sealed class PlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Files() => new(PlotSet.Files.Select(f => f.File));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_plot_of_the_fixture_is_well_formed_and_inside_its_drawing(string file)
    {
        var drawing = Draw(Fixture.Read(), file)!;
        var width = Number(drawing, "width");
        var height = Number(drawing, "height");
        Assert.NotEmpty(Shapes(drawing));
        foreach (var rectangle in drawing.Descendants(Svg + "rect"))
        {
            Assert.InRange(Number(rectangle, "x"), 0, width);
            Assert.InRange(Number(rectangle, "y"), 0, height);
            Assert.InRange(Number(rectangle, "y") + Number(rectangle, "height"), 0, height);
        }

        foreach (var text in drawing.Descendants(Svg + "text"))
        {
            Assert.InRange(Number(text, "x"), 0, width);
            Assert.InRange(Number(text, "y"), 0, height);
        }
    }

    [Theory]
    [InlineData("queries.svg", "query.")]
    [InlineData("queries-cold.svg", "query_cold.")]
    [InlineData("ingest.svg", "ingest.")]
    public void Bars_show_every_figure_that_has_a_peer_and_are_taller_where_it_is_larger(string file, string prefix)
    {
        var findings = Fixture.Read();
        var figures = findings
            .Measurements.Where(m => m.Metric.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(m => m.Metric)
            .Where(g => MetricGroup.Of(g.Key) != MetricGroup.Indexes && g.Count() > 1)
            .OrderBy(g => QueryTitles.OrderOf(g.Key))
            .SelectMany(g => g.OrderBy(m => EngineNames.OrderOf(m.Engine)))
            .ToArray();
        var bars = Shapes(Draw(findings, file)!).ToArray();
        Assert.Equal(figures.Length, bars.Length);
        for (var i = 0; i < bars.Length; i++)
        {
            Assert.StartsWith(figures[i].Engine + ":", bars[i].Element(Svg + "title")!.Value, StringComparison.Ordinal);
            Assert.Equal(figures[i].IsLongerThan, bars[i].Attribute("fill-opacity") is not null);
        }

        var byHeight = bars.Zip(figures).OrderBy(p => Number(p.First, "height")).Select(p => p.Second.Value).ToArray();
        Assert.Equal(byHeight.Order(), byHeight);
    }

    [Fact]
    public void Columns_of_a_bar_are_as_long_as_their_bytes()
    {
        var drawing = Draw(Fixture.Read(), "sizes.svg")!;
        var columns = Shapes(drawing)
            .Select(s => (Width: Number(s, "width"), Words: s.Element(Svg + "title")!.Value.Split(' ')))
            .Where(c => c.Words is ["ts:", ..])
            .Select(c => (c.Width, Bytes: double.Parse(c.Words[1], CultureInfo.InvariantCulture)))
            .ToArray();

        // Four engines tell columns of trades, and four of snapshots, which have a scale of their own.
        Assert.Equal(8, columns.Length);
        Assert.All(columns[..4], c => Assert.Equal(columns[0].Width / columns[0].Bytes, c.Width / c.Bytes, 1));
        Assert.All(columns[4..], c => Assert.Equal(columns[4].Width / columns[4].Bytes, c.Width / c.Bytes, 1));
    }

    [Fact]
    public void Levels_that_are_columns_of_their_own_are_one_in_the_plot()
    {
        var findings = Fixture.Empty();
        findings.Add(new("bytes.snapshots.total", EngineNames.Sqlite, 10, "B/row"));
        for (var level = 1; level <= 10; level++)
        {
            findings.Add(new($"bytes.snapshots.column.bid_{level}", EngineNames.Sqlite, 1, "B/row"));
        }

        var hint = Assert.Single(Shapes(Draw(findings, "sizes.svg")!)).Element(Svg + "title")!.Value;
        Assert.Equal("bid: 10.000 B", hint);
    }

    [Fact]
    public void Latency_curves_rise_with_their_percentiles()
    {
        var findings = Fixture.Read();
        var curves = LatencyCurves.CurvesOf(findings);
        var drawn = Draw(findings, "latency.svg")!.Descendants(Svg + "polyline").ToArray();
        Assert.Equal(curves.Count, drawn.Length);
        Assert.All(
            drawn,
            curve =>
            {
                var points = curve
                    .Attribute("points")!
                    .Value.Split(' ')
                    .Select(p => p.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())
                    .ToArray();
                Assert.Equal(points.Select(p => p[0]).Order(), points.Select(p => p[0]));
                Assert.Equal(points.Select(p => p[1]).OrderDescending(), points.Select(p => p[1]));
            }
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Without_figures_there_is_no_plot(string file) => Assert.Null(Draw(Fixture.Empty(), file));

    [Fact]
    public void A_folder_is_drawn_again_from_its_lines_and_its_page_shows_what_stands_there()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-results-").FullName;
        try
        {
            var path = Path.Combine(folder, "results.jsonl");
            File.WriteAllText(path, Fixture.Text("results.jsonl"));
            File.WriteAllText(Path.Combine(folder, "READING.md"), "# Reading\n");
            Results.Redraw(path);
            Assert.Equal(Fixture.Text("results.jsonl"), File.ReadAllText(path));
            Assert.Equal(Fixture.Text("table.txt"), File.ReadAllText(Path.Combine(folder, "table.txt")));
            var page = File.ReadAllText(Path.Combine(folder, "README.md"));
            Assert.All(PlotSet.Files, f => Assert.Contains($"]({f.File})", page, StringComparison.Ordinal));
            Assert.Contains("(READING.md)", page, StringComparison.Ordinal);

            // A later run without cold queries leaves no plot of an earlier one behind.
            var lines = File.ReadAllLines(path).Where(l => !l.Contains("query_cold", StringComparison.Ordinal));
            File.WriteAllLines(path, lines);
            Results.Redraw(path);
            Assert.False(File.Exists(Path.Combine(folder, "queries-cold.svg")));
            Assert.DoesNotContain(
                "cold.svg",
                File.ReadAllText(Path.Combine(folder, "README.md")),
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static XElement? Draw(Findings findings, string file)
    {
        var output = new StringWriter();
        return PlotSet.Draw(findings, file, output) ? XDocument.Parse(output.ToString()).Root : null;
    }

    // Shapes that stand for a figure have a hint; axes, legends and the background have none.
    private static IEnumerable<XElement> Shapes(XElement drawing) =>
        drawing.Descendants().Where(e => e.Name != Svg + "svg" && e.Element(Svg + "title") is not null);

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
