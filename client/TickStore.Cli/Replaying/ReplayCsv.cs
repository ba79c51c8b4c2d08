using System.Buffers;
using System.Text;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// Rows of a replay as CSV: the columns of <see cref="ReplayColumns"/>, a line a row, in the replay's order.
/// </summary>
internal sealed class ReplayCsv : IReplayOutput
{
    private const int FlushBytes = 1 << 16;

    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    private readonly Stream output;
    private readonly ISymbolTable symbols;
    private readonly ReplayColumns columns;
    private readonly byte[][] names;
    private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);
    private readonly ArrayBufferWriter<byte> field = new(256);

    public ReplayCsv(IReadOnlyList<TableSchema> tables, ISymbolTable symbols, Stream output)
    {
        this.output = output;
        this.symbols = symbols;
        columns = new ReplayColumns(tables);
        names = [.. tables.Select(t => Encoding.UTF8.GetBytes(t.Name))];
        for (var i = 0; i < columns.Schema.ColumnCount; i++)
        {
            buffer.Write(i == 0 ? default : ","u8);
            WriteField(Encoding.UTF8.GetBytes(columns.Schema[i].Name), isText: true);
        }

        buffer.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Write(ReplayBlock block)
    {
        foreach (var run in block.Runs)
        {
            var batch = block.TableBatch(run.Table);
            var sources = columns.SourcesOf(run.Table);
            var sequences = batch[batch.ColumnCount - 2];
            for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
            {
                WriteField(names[run.Table], isText: true);
                buffer.Write(","u8);
                VectorTextWriter.Format(sequences, row, symbols, buffer);
                for (var i = ReplayColumns.FirstTableColumn; i < sources.Length; i++)
                {
                    buffer.Write(","u8);
                    if (sources[i] >= 0 && !batch[sources[i]].IsNull(row))
                    {
                        WriteValue(batch[sources[i]], row);
                    }
                }

                buffer.Write("\n"u8);
            }

            if (buffer.WrittenCount >= FlushBytes)
            {
                Flush();
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        output.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Finish() => Flush();

    /// <inheritdoc/>
    public void Dispose() { }

    private void WriteValue(ColumnVector column, int row)
    {
        field.ResetWrittenCount();
        VectorTextWriter.Format(column, row, symbols, field);
        WriteField(field.WrittenSpan, column.Type.IsText);
    }

    // An empty text stands in quotes, for an empty field is NULL.
    private void WriteField(ReadOnlySpan<byte> text, bool isText)
    {
        if (text.IndexOfAny(Special) < 0 && !(isText && text.IsEmpty))
        {
            buffer.Write(text);
            return;
        }

        buffer.Write("\""u8);
        while (text.IndexOf((byte)'"') is >= 0 and var quote)
        {
            buffer.Write(text[..(quote + 1)]);
            buffer.Write("\""u8);
            text = text[(quote + 1)..];
        }

        buffer.Write(text);
        buffer.Write("\""u8);
    }
}
