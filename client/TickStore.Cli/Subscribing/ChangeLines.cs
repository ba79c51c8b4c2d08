using System.Buffers;
using System.Text.Json;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>Changes as JSON lines, as the contract has them. Written whenever a block is.</summary>
internal sealed class ChangeLines : IDisposable
{
    private static readonly JsonEncodedText Sequence = JsonEncodedText.Encode("seq");
    private static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
    private static readonly JsonEncodedText DurableSequence = JsonEncodedText.Encode("durable_seq");
    private static readonly JsonEncodedText Operation = JsonEncodedText.Encode("op");
    private static readonly JsonEncodedText Cause = JsonEncodedText.Encode("cause");
    private static readonly JsonEncodedText Row = JsonEncodedText.Encode("row");
    private static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");

    private static readonly JsonEncodedText[] Operations =
    [
        JsonEncodedText.Encode("insert"),
        JsonEncodedText.Encode("update"),
        JsonEncodedText.Encode("delete"),
    ];

    private static readonly JsonEncodedText[] Causes =
    [
        JsonEncodedText.Encode("new"),
        JsonEncodedText.Encode("update"),
        JsonEncodedText.Encode("late_correction"),
        JsonEncodedText.Encode("source_correction"),
    ];

    private readonly Stream output;
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 17);
    private readonly JsonRowWriter rows;
    private readonly int visibleCount;
    private readonly int[] hiddenKey;
    private long progress = -1;

    public ChangeLines(ChangeShape shape, ISymbolTable symbols, Stream output)
    {
        this.output = output;
        rows = new JsonRowWriter(shape.Schema, symbols, buffer);
        visibleCount = shape.VisibleCount;
        hiddenKey =
            shape.IsAppendOnly || shape.KeyColumns.All(k => k < shape.VisibleCount) ? [] : [.. shape.KeyColumns];
    }

    /// <summary>Writes a block.</summary>
    public void Write(ChangeBlock block)
    {
        if (block.Kind == ChangeBlockKind.RolledBack)
        {
            WriteMark("rolled_back", block.Sequence);
        }
        else if (block.Kind == ChangeBlockKind.Progress)
        {
            WriteProgress(block.Sequence);
        }

        for (var row = 0; row < block.RowCount; row++)
        {
            rows.Begin();
            rows.AppendNumber(Sequence, block.SequenceOf(row));
            rows.AppendNumber(Epoch, block.Epoch);
            rows.AppendNumber(DurableSequence, block.DurableSequence);
            rows.AppendText(Operation, Operations[(int)block.Ops[row]]);
            rows.AppendText(Cause, Causes[(int)block.Causes[row]]);
            rows.BeginObject(Row);
            rows.Append(block.Rows, row, visibleCount);
            rows.EndObject();
            if (hiddenKey.Length > 0)
            {
                rows.BeginObject(Key);
                rows.Append(block.Rows, row, hiddenKey);
                rows.EndObject();
            }

            rows.End();
        }

        Flush();
    }

    /// <summary>Says up to where everything is written, unless that was said before.</summary>
    public void WriteProgress(long sequence)
    {
        if (sequence > progress)
        {
            progress = sequence;
            WriteMark("progress", sequence);
        }
    }

    /// <summary>Hands on what is written.</summary>
    public void Flush()
    {
        output.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    private void WriteMark(string name, long sequence)
    {
        rows.Begin();
        rows.AppendNumber(JsonEncodedText.Encode(name), sequence);
        rows.End();
    }
}
