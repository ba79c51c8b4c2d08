using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// Rows of a replay as JSON lines: <c>table</c>, <c>_seq</c>, then the columns of the row's own table.
/// </summary>
internal sealed class ReplayJson : IReplayOutput
{
    private const int FlushBytes = 1 << 16;

    private static readonly JsonEncodedText Table = JsonEncodedText.Encode("table");
    private static readonly JsonEncodedText Sequence = JsonEncodedText.Encode("_seq");

    private readonly Stream output;
    private readonly JsonRowWriter[] writers;
    private readonly JsonEncodedText[] names;
    private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);

    public ReplayJson(IReadOnlyList<TableSchema> tables, ISymbolTable symbols, Stream output)
    {
        this.output = output;
        writers = [.. tables.Select(t => new JsonRowWriter(t.ToBatchSchema(), symbols, buffer))];
        names = [.. tables.Select(t => JsonEncodedText.Encode(t.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
    }

    /// <inheritdoc/>
    public void Write(ReplayBlock block)
    {
        foreach (var run in block.Runs)
        {
            var rows = writers[run.Table];
            var batch = block.TableBatch(run.Table);
            var sequences = batch[batch.ColumnCount - 2].Values<long>();
            for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
            {
                rows.Begin();
                rows.AppendText(Table, names[run.Table]);
                rows.AppendNumber(Sequence, sequences[row]);
                rows.Append(batch, row);
                rows.End();
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
    public void Dispose() => Array.ForEach(writers, w => w.Dispose());
}
