namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>Colours on white that stay apart for most colour-blind readers: an engine has its own in every plot.</summary>
internal static class Palette
{
    public const string Ink = "#222222";
    public const string Quiet = "#666666";
    public const string Grid = "#dddddd";
    public const string FineGrid = "#f1f1f1";

    /// <summary>What is no column's: headers, padding, or a table of an engine that tells only the whole.</summary>
    public const string Rest = "#c4c8cc";

    private static readonly string[] Engines =
    [
        "#12436d",
        "#f0b323",
        "#d97706",
        "#b3273d",
        "#28a197",
        "#8f8f8f",
        "#d8808c",
        "#7a5aa6",
    ];

    private static readonly string[] Columns =
    [
        "#12436d",
        "#28a197",
        "#d97706",
        "#7a5aa6",
        "#b3273d",
        "#f0b323",
        "#5b8fc9",
        "#86c5a4",
        "#e8a37c",
        "#b79fd6",
        "#d8808c",
        "#8c6d46",
    ];

    public static string OfEngine(string engine) =>
        EngineNames.OrderOf(engine) is var index && index < Engines.Length ? Engines[index] : Quiet;

    /// <summary>Black or white, whichever is easier to read on the colour (its luma by ITU-R BT.601).</summary>
    public static string TextOn(string colour)
    {
        var red = Convert.ToInt32(colour[1..3], 16);
        var green = Convert.ToInt32(colour[3..5], 16);
        var blue = Convert.ToInt32(colour[5..7], 16);
        return (0.299 * red) + (0.587 * green) + (0.114 * blue) > 150 ? Ink : "#ffffff";
    }

    /// <summary>A colour for the n-th column or curve.</summary>
    public static string OfSeries(int index) => Columns[index % Columns.Length];
}
