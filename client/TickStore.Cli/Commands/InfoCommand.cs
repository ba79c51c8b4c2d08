using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Cli;

/// <summary><c>tickstore info</c>: what a database holds, and what it takes.</summary>
internal sealed class InfoCommand : Verb
{
    private readonly Option<string> format = new("--format")
    {
        Description = "text or json",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "text",
    };

    /// <inheritdoc/>
    public override string Name => "info";

    /// <inheritdoc/>
    public override string Description => "Show tables, rows, bytes per column, codecs and times";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        ["tickstore info --db market", "tickstore info --db market --format json"];

    /// <inheritdoc/>
    public override string Notes =>
        "Bytes of columns are those in segments; rows that are still in memory (and in the log) are counted apart.";

    /// <summary>Writes what one table takes, for people.</summary>
    public static void Write(TextWriter output, TableStatistics table)
    {
        output.WriteLine(
            $"{table.Table.Name}: {table.RowCount:N0} rows, {table.SegmentBytes:N0} bytes in {table.Segments.Count:N0} "
                + $"{(table.Segments.Count == 1 ? "segment" : "segments")}, {table.HeadRowCount:N0} rows in memory"
        );
        if (table.MinTimeNanos is { } first && table.MaxTimeNanos is { } last)
        {
            output.WriteLine($"from {new TickTime(first)} to {new TickTime(last)}, last _seq {table.LastSequence:N0}");
        }

        output.WriteLine(
            $"late {table.LateRows:N0}, rejected {table.RejectedRows:N0}, duplicates {table.DuplicateRows:N0}, "
                + $"quarantined {table.QuarantinedRows:N0}"
        );
        output.WriteLine();
        TextTable.WritePlain(
            output,
            ["column", "type", "bytes", "bytes/row", "codecs (vectors)"],
            [false, false, true, true, false],
            [
                .. table.Columns.Select(c =>
                    new[]
                    {
                        c.Column.Name,
                        c.Column.Type.ToString(),
                        $"{c.Bytes:N0}",
                        $"{BytesPerRow(c):N2}",
                        string.Join(", ", c.Codecs.Select(u => $"{u.Codec} {u.VectorCount:N0}")),
                    }
                ),
            ]
        );
        output.WriteLine();
    }

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        format.AcceptOnlyFromAmong("text", "json");
        command.Options.Add(format);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        using var database = context.OpenExisting();
        var tables = database.Statistics();
        if (context.Value(format) == "json")
        {
            using var stream = StandardOutput.Open();
            stream.Write(ToJson(database, tables));
            return 0;
        }

        using var output = StandardOutput.OpenText();
        output.WriteLine(
            $"{tables.Count:N0} {(tables.Count == 1 ? "table" : "tables")}, {tables.Sum(t => t.RowCount):N0} rows, "
                + $"{tables.Sum(t => t.SegmentBytes):N0} bytes in segments, _seq {database.CommittedSequence:N0}"
        );
        output.WriteLine();
        foreach (var table in tables)
        {
            Write(output, table);
        }

        return 0;
    }

    private static double BytesPerRow(ColumnStatistics column) =>
        column.RowCount == 0 ? 0 : (double)column.Bytes / column.RowCount;

    private static byte[] ToJson(TickDatabase database, IReadOnlyList<TableStatistics> tables)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", database.CommittedSequence);
            json.WriteNumber("rows", tables.Sum(t => t.RowCount));
            json.WriteNumber("bytes", tables.Sum(t => t.SegmentBytes));
            json.WriteStartArray("tables");
            foreach (var table in tables)
            {
                WriteTable(json, table);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteTable(Utf8JsonWriter json, TableStatistics table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Table.Name);
        json.WriteNumber("rows", table.RowCount);
        json.WriteNumber("bytes", table.SegmentBytes);
        json.WriteNumber("segments", table.Segments.Count);
        json.WriteNumber("head_rows", table.HeadRowCount);
        json.WriteNumber("head_bytes", table.HeadBytes);
        WriteTime(json, "min_ts", table.MinTimeNanos);
        WriteTime(json, "max_ts", table.MaxTimeNanos);
        json.WriteNumber("last_seq", table.LastSequence);
        json.WriteNumber("late_rows", table.LateRows);
        json.WriteNumber("rejected_rows", table.RejectedRows);
        json.WriteNumber("duplicate_rows", table.DuplicateRows);
        json.WriteNumber("quarantined_rows", table.QuarantinedRows);
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Column.Name);
            json.WriteString("type", column.Column.Type.ToString());
            json.WriteNumber("bytes", column.Bytes);
            json.WriteNumber("bytes_per_row", Math.Round(BytesPerRow(column), 4));
            json.WriteNumber("bits_per_value", Math.Round(column.BitsPerValue, 4));
            json.WriteStartObject("codecs");
            foreach (var use in column.Codecs)
            {
                json.WriteNumber(use.Codec, use.VectorCount);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long? nanos)
    {
        if (nanos is { } known)
        {
            json.WriteString(name, new TickTime(known).ToString());
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
