using System.Globalization;
using System.Text;
using System.Xml;

namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>
/// A drawing as SVG: shapes and text on white, in pixels from the top left corner. Text is in fonts that any system has; its
/// width is estimated, for nothing here can measure it.
/// </summary>
internal sealed class SvgDrawing : IDisposable
{
    private const string Fonts = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";
    private readonly XmlWriter xml;

    /// <summary>Begins a drawing with its title and a line below it.</summary>
    public SvgDrawing(TextWriter output, double width, double height, string title, string subtitle)
    {
        xml = XmlWriter.Create(
            output,
            new()
            {
                Indent = true,
                Encoding = Encoding.UTF8,
                OmitXmlDeclaration = true,
            }
        );
        xml.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        Write("viewBox", $"0 0 {Number(width)} {Number(height)}");
        Write("width", Number(width));
        Write("height", Number(height));
        Write("font-family", Fonts);
        xml.WriteElementString("title", title);
        Rectangle(0, 0, width, height, "#ffffff");
        Text(20, 30, title, 18, isBold: true);
        Text(20, 50, subtitle, 12, colour: Palette.Quiet);
    }

    /// <summary>About how wide a text becomes.</summary>
    public static double WidthOf(string text, double size) => text.Length * size * 0.62;

    /// <summary>A filled rectangle; the hint is shown while the mouse rests on it.</summary>
    public void Rectangle(
        double x,
        double y,
        double width,
        double height,
        string fill,
        double opacity = 1,
        string? stroke = null,
        string? hint = null
    )
    {
        xml.WriteStartElement("rect");
        Write("x", Number(x));
        Write("y", Number(y));
        Write("width", Number(width));
        Write("height", Number(height));
        Write("fill", fill);
        if (opacity < 1)
        {
            Write("fill-opacity", Number(opacity));
        }

        if (stroke is not null)
        {
            Write("stroke", stroke);
        }

        EndWith(hint);
    }

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1)
    {
        xml.WriteStartElement("line");
        Write("x1", Number(x1));
        Write("y1", Number(y1));
        Write("x2", Number(x2));
        Write("y2", Number(y2));
        Write("stroke", stroke);
        Write("stroke-width", Number(width));
        xml.WriteEndElement();
    }

    public void Curve(IEnumerable<(double X, double Y)> points, string stroke, double width, string? dashes = null)
    {
        xml.WriteStartElement("polyline");
        Write("points", string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}")));
        Write("fill", "none");
        Write("stroke", stroke);
        Write("stroke-width", Number(width));
        Write("stroke-linejoin", "round");
        if (dashes is not null)
        {
            Write("stroke-dasharray", dashes);
        }

        xml.WriteEndElement();
    }

    public void Dot(double x, double y, double radius, string fill, string? hint = null)
    {
        xml.WriteStartElement("circle");
        Write("cx", Number(x));
        Write("cy", Number(y));
        Write("r", Number(radius));
        Write("fill", fill);
        EndWith(hint);
    }

    /// <summary>A line of text.</summary>
    /// <param name="x">Where its anchor is.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="text">The text.</param>
    /// <param name="size">Its height in pixels.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="isBold">True for bold letters.</param>
    /// <param name="rotation">Degrees, clockwise about the anchor.</param>
    public void Text(
        double x,
        double y,
        string text,
        double size,
        string anchor = "start",
        string colour = Palette.Ink,
        bool isBold = false,
        double rotation = 0
    )
    {
        xml.WriteStartElement("text");
        Write("x", Number(x));
        Write("y", Number(y));
        Write("font-size", Number(size));
        Write("fill", colour);
        if (anchor != "start")
        {
            Write("text-anchor", anchor);
        }

        if (isBold)
        {
            Write("font-weight", "bold");
        }

        if (rotation != 0)
        {
            Write("transform", $"rotate({Number(rotation)} {Number(x)} {Number(y)})");
        }

        xml.WriteString(text);
        xml.WriteEndElement();
    }

    /// <summary>Coloured squares with names, in a row that begins at x and breaks before the right edge.</summary>
    public void Legend(double x, double y, double right, IEnumerable<(string Name, string Colour)> entries)
    {
        var at = x;
        foreach (var (name, colour) in entries)
        {
            var width = 18 + WidthOf(name, 12) + 16;
            if (at + width > right && at > x)
            {
                (at, y) = (x, y + 18);
            }

            Rectangle(at, y - 10, 12, 12, colour);
            Text(at + 18, y, name, 12);
            at += width;
        }
    }

    public void Dispose()
    {
        xml.WriteEndElement();
        xml.Dispose();
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private void Write(string name, string value) => xml.WriteAttributeString(name, value);

    private void EndWith(string? hint)
    {
        if (hint is not null)
        {
            xml.WriteElementString("title", hint);
        }

        xml.WriteEndElement();
    }
}
