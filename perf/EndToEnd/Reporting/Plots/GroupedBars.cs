namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>A group of bars beside each other: one metric, a bar for each engine.</summary>
/// <param name="Name">The group's short name below the bars.</param>
/// <param name="Words">A few words below the name, broken where there is no room.</param>
/// <param name="Bars">Engines' figures; null where an engine has none.</param>
internal sealed record BarGroup(string Name, string Words, IReadOnlyList<(string Engine, Measurement? Figure)> Bars);

/// <summary>Draws groups of bars over a logarithmic axis, each bar with its figure on top.</summary>
internal static class GroupedBars
{
    private const double Height = 540;
    private const double Left = 76;
    private const double Right = 20;
    private const double Top = 92;
    private const double Bottom = 78;

    // Above the highest bar stands its figure, turned upright.
    private const double Headroom = 46;

    public static void Draw(
        TextWriter output,
        string title,
        string subtitle,
        string axis,
        IReadOnlyList<BarGroup> groups
    )
    {
        var figures = groups.SelectMany(g => g.Bars).Where(b => b.Figure is not null).ToArray();
        var engines = EngineNames.All.Where(e => Array.Exists(figures, f => f.Engine == e)).ToArray();
        var groupWidth = Math.Max((engines.Length * 11) + 14, 1180.0 / groups.Count);
        groupWidth = Math.Min(groupWidth, 150);
        var width = Math.Max(Left + Right + (groupWidth * groups.Count), 760);
        var scale = LogScale.Around([.. figures.Select(f => f.Figure!.Value)], Height - Bottom, Top + Headroom);

        using var svg = new SvgDrawing(output, width, Height, title, subtitle);
        svg.Legend(Left, 76, width - Right, engines.Select(e => (e, Palette.OfEngine(e))));
        DrawAxis(svg, scale, width - Right, axis);
        for (var i = 0; i < groups.Count; i++)
        {
            DrawGroup(svg, scale, Left + (i * groupWidth), groupWidth, groups[i], engines);
        }

        svg.Line(Left, scale.LowPixel, width - Right, scale.LowPixel, Palette.Ink);
    }

    private static void DrawAxis(SvgDrawing svg, LogScale scale, double right, string axis)
    {
        foreach (var (value, isMajor) in scale.Lines())
        {
            var y = scale.PixelOf(value);
            svg.Line(Left, y, right, y, isMajor ? Palette.Grid : Palette.FineGrid);
            if (isMajor)
            {
                svg.Text(Left - 8, y + 4, Numbers.Short(value), 12, "end", Palette.Quiet);
            }
        }

        svg.Text(18, (scale.LowPixel + scale.HighPixel) / 2, axis, 12, "middle", Palette.Quiet, rotation: -90);
    }

    private static void DrawGroup(
        SvgDrawing svg,
        LogScale scale,
        double left,
        double width,
        BarGroup group,
        string[] engines
    )
    {
        var barWidth = Math.Min((width - 14) / engines.Length, 22);
        var x = left + ((width - (barWidth * engines.Length)) / 2);
        foreach (var engine in engines)
        {
            var figure = group.Bars.FirstOrDefault(b => b.Engine == engine).Figure;
            DrawBar(svg, scale, x, barWidth, engine, figure);
            x += barWidth;
        }

        var middle = left + (width / 2);
        svg.Text(middle, scale.LowPixel + 18, group.Name, 12, "middle", isBold: true);
        var y = scale.LowPixel + 33;
        foreach (var line in Break(group.Words, (int)((width - 4) / SvgDrawing.WidthOf("x", 10))))
        {
            svg.Text(middle, y, line, 10, "middle", Palette.Quiet);
            y += 12;
        }
    }

    private static void DrawBar(SvgDrawing svg, LogScale scale, double x, double width, string engine, Measurement? m)
    {
        var middle = x + (width / 2) + 3.3;
        if (m is null)
        {
            svg.Text(middle, scale.LowPixel - 4, "none", 9, colour: "#aaaaaa", rotation: -90);
            return;
        }

        var y = scale.PixelOf(m.Value);
        var colour = Palette.OfEngine(engine);
        var figure = (m.IsLongerThan ? "> " : "") + Numbers.Short(m.Value);
        var hint = $"{engine}: {figure} {m.Unit}" + (m.Runs > 1 ? $" ({m.Min:G4} .. {m.Max:G4})" : "");
        svg.Rectangle(
            x + 0.5,
            y,
            width - 1,
            scale.LowPixel - y,
            colour,
            m.IsLongerThan ? 0.35 : 1,
            m.IsLongerThan ? colour : null,
            hint
        );
        svg.Text(middle, y - 4, figure, 9, colour: Palette.Ink, rotation: -90);
    }

    // Words go to the next line where they do not fit; at most three lines have room.
    private static List<string> Break(string words, int charactersMax)
    {
        var lines = new List<string> { "" };
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
            if (longer.Length <= charactersMax || lines[^1].Length == 0)
            {
                lines[^1] = longer;
            }
            else
            {
                lines.Add(word);
            }
        }

        return lines;
    }
}
