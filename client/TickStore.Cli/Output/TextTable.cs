using Spectre.Console;
using TickStore.Core;

namespace TickStore.Cli;

/// <summary>
/// A result as a table to look at: with lines and a limit of rows on a terminal, else as aligned columns with all
/// rows. Only the rows that settle the widths are held in memory.
/// </summary>
internal static class TextTable
{
    private const int TerminalRowsMax = 200;
    private const int CellCharsMax = 60;
    private const int RecordsMax = 20;
    private const int RowsToMeasure = 1000;

    /// <summary>Writes a result to its end, or to the limit of a terminal.</summary>
    /// <returns>Rows written.</returns>
    public static long Write(
        QueryResult result,
        TextWriter output,
        bool isTerminal,
        CancellationToken cancellationToken
    ) => isTerminal ? WriteToTerminal(result, output) : WritePlain(result, output, cancellationToken);

    /// <summary>Writes rows of texts under headings, aligned.</summary>
    public static void WritePlain(
        TextWriter output,
        string[] names,
        bool[] isRightAligned,
        IReadOnlyList<string[]> rows
    )
    {
        var widths = Array.ConvertAll(names, n => CellWidth.Of(n));
        Widen(widths, rows);
        WriteLine(output, names, widths, isRightAligned);
        WriteLine(output, Array.ConvertAll(widths, w => new string('-', w)), widths, isRightAligned);
        foreach (var row in rows)
        {
            WriteLine(output, row, widths, isRightAligned);
        }
    }

    private static long WritePlain(QueryResult result, TextWriter output, CancellationToken cancellationToken)
    {
        var names = result.Schema.Columns.Select(c => c.Name).ToArray();
        var isRightAligned = result.Schema.Columns.Select(c => IsRightAligned(c.Type)).ToArray();
        int[]? widths = null;
        var held = new List<string[]>();
        long rowCount = 0;
        while (result.Next() is { } batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.RowCount; row++)
            {
                held.Add(Texts(batch, row, result.Symbols));
            }

            rowCount += batch.RowCount;
            if (widths is null && held.Count < RowsToMeasure)
            {
                continue;
            }

            Settle();
            Flush();
        }

        Settle();
        Flush();
        output.WriteLine($"({rowCount:N0} {(rowCount == 1 ? "row" : "rows")})");
        return rowCount;

        void Settle()
        {
            if (widths is null)
            {
                widths = Array.ConvertAll(names, n => CellWidth.Of(n));
                Widen(widths, held);
                WriteLine(output, names, widths, isRightAligned);
                WriteLine(output, Array.ConvertAll(widths, w => new string('-', w)), widths, isRightAligned);
            }
        }

        void Flush()
        {
            foreach (var row in held)
            {
                WriteLine(output, row, widths!, isRightAligned);
            }

            held.Clear();
        }
    }

    private static long WriteToTerminal(QueryResult result, TextWriter output)
    {
        var names = result.Schema.Columns.Select(c => c.Name).ToArray();
        var rows = new List<string[]>();
        var hasMore = false;
        while (!hasMore && result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount && !hasMore; row++)
            {
                hasMore = rows.Count == TerminalRowsMax;
                if (!hasMore)
                {
                    rows.Add(Array.ConvertAll(Texts(batch, row, result.Symbols), t => CellWidth.Fit(t, CellCharsMax)));
                }
            }
        }

        var widths = Array.ConvertAll(names, n => CellWidth.Of(n));
        Widen(widths, rows);
        if (widths.Sum() + (3 * widths.Length) + 1 > Terminal.Width)
        {
            hasMore |= rows.Count > RecordsMax;
            rows = [.. rows.Take(RecordsMax)];
            WriteRecords(output, names, rows);
        }
        else
        {
            WriteGrid(output, result.Schema, rows);
        }

        output.WriteLine(
            hasMore
                ? $"The first {rows.Count:N0} rows; there are more (LIMIT, --format csv or -o FILE)"
                : $"({rows.Count:N0} {(rows.Count == 1 ? "row" : "rows")})"
        );
        return rows.Count;
    }

    private static void WriteGrid(TextWriter output, BatchSchema schema, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in schema.Columns)
        {
            var shown = new TableColumn(new Markup($"[bold]{Markup.Escape(column.Name)}[/]"));
            table.AddColumn(IsRightAligned(column.Type) ? shown.RightAligned() : shown);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Cell));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = Terminal.Width;
        console.Write(table);
    }

    // What is wider than the terminal is shown a column a line, as psql does with its expanded display.
    private static void WriteRecords(TextWriter output, string[] names, List<string[]> rows)
    {
        var nameWidth = names.Max(n => CellWidth.Of(n));
        for (var row = 0; row < rows.Count; row++)
        {
            output.WriteLine($"-- row {row + 1:N0} --");
            for (var i = 0; i < names.Length; i++)
            {
                output.WriteLine($"{CellWidth.Pad(names[i], nameWidth, isRightAligned: false)}  {rows[row][i]}");
            }
        }
    }

    private static Text Cell(string text) => new(text, text == "NULL" ? new Style(Color.Grey) : Style.Plain);

    private static bool IsRightAligned(DataType type) => type.IsNumeric;

    private static string[] Texts(Batch batch, int row, ISymbolTable symbols)
    {
        var texts = new string[batch.ColumnCount];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = OneLine(VectorTextWriter.ToText(batch[i], row, symbols) ?? "NULL");
        }

        return texts;
    }

    // What a terminal would take as a command must not reach it out of the data.
    private static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    private static void Widen(int[] widths, IReadOnlyList<string[]> rows)
    {
        foreach (var row in rows)
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], CellWidth.Of(row[i]));
            }
        }
    }

    private static void WriteLine(TextWriter output, string[] texts, int[] widths, bool[] isRightAligned)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            var isLast = i == texts.Length - 1;
            output.Write(i == 0 ? string.Empty : "  ");
            var isPadded = isRightAligned[i] || !isLast;
            output.Write(isPadded ? CellWidth.Pad(texts[i], widths[i], isRightAligned[i]) : texts[i]);
        }

        output.WriteLine();
    }
}
