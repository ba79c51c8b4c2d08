using TickStore.Core;

namespace TickStore.Formats;

/// <summary>How the text of one part (a file, an entry of a zip) becomes rows of a stream.</summary>
internal sealed class TextPart
{
    /// <summary>Index of the stream.</summary>
    public required int Stream { get; init; }

    /// <summary>One converter a column of the stream's schema.</summary>
    public required FieldConverter[] Converters { get; init; }

    /// <summary>Fields that every record must have.</summary>
    public required int FieldCount { get; init; }

    /// <summary>What separates fields.</summary>
    public byte Delimiter { get; init; } = (byte)',';

    /// <summary>True where the first record is a header.</summary>
    public bool HasHeader { get; init; }

    /// <summary>Marks rows that are to be left out, or null.</summary>
    public Action<TextBlock>? Filter { get; init; }
}

/// <summary>Reads delimited text, part after part; what the parts hold is the formats' to say.</summary>
internal sealed class TextImportReader : ImportReader
{
    private readonly Func<InputFile, TextPart?> bind;
    private readonly TextBlock block = new();
    private int nextFile;
    private long doneBytes;
    private InputFile? input;
    private TextPart? part;
    private TextBlockReader? text;

    /// <param name="request">What to read.</param>
    /// <param name="streams">What <paramref name="bind"/> refers to.</param>
    /// <param name="bind">Says how the current part is read; null to pass over it.</param>
    public TextImportReader(ImportRequest request, IReadOnlyList<ImportStream> streams, Func<InputFile, TextPart?> bind)
        : base(request, streams) => this.bind = bind;

    /// <inheritdoc/>
    public override long BytesRead => doneBytes + (input?.BytesRead ?? 0);

    protected override bool Fill()
    {
        while (part is null)
        {
            if (!TryOpenNextPart())
            {
                return false;
            }
        }

        if (text!.Read(block))
        {
            ConvertBlock(part);
        }
        else
        {
            part = null;
        }

        return true;
    }

    protected override void DisposeInput() => input?.Dispose();

    private bool TryOpenNextPart()
    {
        if (input is null)
        {
            if (nextFile == Request.Files.Count)
            {
                return false;
            }

            input = new InputFile(Request.Files[nextFile++]);
        }

        if (!input.NextPart())
        {
            doneBytes += input.BytesTotal;
            input.Dispose();
            input = null;
            return true;
        }

        part = bind(input);
        if (part is not null)
        {
            text = new TextBlockReader(input.Part, input.Location, part.Delimiter);
            block.SetFieldCount(part.FieldCount);
            if (part.HasHeader)
            {
                text.ReadHeader();
            }
        }

        return true;
    }

    private void ConvertBlock(TextPart bound)
    {
        var batch = BatchOf(bound.Stream);
        var at = batch.RowCount;
        bound.Filter?.Invoke(block);
        for (var i = 0; i < bound.Converters.Length; i++)
        {
            var column = batch[i];
            column.EnsureCapacity(at + block.RowCount);
            bound.Converters[i].Convert(block, column, at);
            if (column.RowCount == at)
            {
                column.SetRowCount(at + block.RowCount);
            }
        }

        batch.SetRowCount(at + block.RowCount);
        if (block.HasDropped)
        {
            Drop(bound.Stream, batch, at);
        }
    }

    // Copies the good rows: rows before the block, and those of the block that are neither bad nor left out.
    private void Drop(int stream, Batch batch, int at)
    {
        var kept = new List<int>(batch.RowCount);
        for (var row = 0; row < at; row++)
        {
            kept.Add(row);
        }

        for (var row = 0; row < block.RowCount; row++)
        {
            if (!block.IsDropped(row))
            {
                kept.Add(at + row);
            }
            else if (block.ReasonOf(row) is { } reason)
            {
                Reject(input!.Location, block.LineOf(row), reason, block.Raw(row));
            }
        }

        var copy = Batch.Allocate(batch.Schema, BatchRows, Request.Pool);
        copy.AppendGather(batch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
        Replace(stream, copy);
    }
}
