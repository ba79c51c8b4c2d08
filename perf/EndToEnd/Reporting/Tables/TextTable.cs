namespace TickStore.EndToEnd.Reporting.Tables;

/// <summary>Rows of text in columns as wide as they need to be: the first flush left, the others flush right.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [headings];

    /// <summary>Adds a row with a cell for each heading.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headings.Length);
        rows.Add(cells);
    }

    public void Write(TextWriter output)
    {
        var widths = new int[headings.Length];
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        foreach (var row in rows)
        {
            var line = row[0].PadRight(widths[0]);
            for (var column = 1; column < row.Length; column++)
            {
                line += "  " + row[column].PadLeft(widths[column]);
            }

            output.WriteLine("  " + line.TrimEnd());
        }
    }
}
