using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Some records of delimited text, split into fields but not yet read: columns are converted one after the other, each
/// in a loop over the rows. Also keeps what is wrong with which row.
/// </summary>
internal sealed class TextBlock
{
    /// <summary>The most records of a block.</summary>
    public const int RowsMax = 4096;

    private const int FieldsMax = 1 << 18;

    private int[] starts = [];
    private int[] lengths = [];
    private byte[] unescaped = [];
    private int unescapedLength;
    private readonly long[] lines = new long[RowsMax];
    private readonly int[] recordStarts = new int[RowsMax];
    private readonly int[] recordLengths = new int[RowsMax];
    private readonly string?[] reasons = new string?[RowsMax];
    private readonly bool[] isSkipped = new bool[RowsMax];

    /// <summary>Fields kept of each record.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Records in the block.</summary>
    public int RowCount { get; private set; }

    /// <summary>How many records fit, so that memory stays bounded for wide files.</summary>
    public int CapacityRows { get; private set; }

    /// <summary>The buffer that records lie in; set by the reader.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>True where a row is to be left out: bad, or skipped by a filter.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>True where a row is bad.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Declares how many fields each record has.</summary>
    public void SetFieldCount(int fieldCount)
    {
        FieldCount = fieldCount;
        CapacityRows = Math.Clamp(FieldsMax / Math.Max(fieldCount, 1), 1, RowsMax);
        if (starts.Length < fieldCount * CapacityRows)
        {
            starts = new int[fieldCount * CapacityRows];
            lengths = new int[fieldCount * CapacityRows];
        }
    }

    public void Clear()
    {
        if (HasDropped)
        {
            Array.Clear(reasons);
            Array.Clear(isSkipped);
        }

        HasDropped = HasErrors = false;
        RowCount = 0;
        unescapedLength = 0;
    }

    /// <summary>The text of a field, and false for NULL (an empty field without quotes).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int row, int field, out ReadOnlySpan<byte> text)
    {
        var index = (row * FieldCount) + field;
        var length = lengths[index];
        if (length < 0)
        {
            text = default;
            return false;
        }

        var start = starts[index];
        text = start >= 0 ? new(Bytes, start, length) : new(unescaped, ~start, length);
        return true;
    }

    /// <summary>Line on which a record begins, from 1.</summary>
    public long LineOf(int row) => lines[row];

    /// <summary>A record as it stands in the file, without its line end.</summary>
    public ReadOnlySpan<byte> Raw(int row) => new(Bytes, recordStarts[row], recordLengths[row]);

    /// <summary>What is wrong with a row, or null.</summary>
    public string? ReasonOf(int row) => reasons[row];

    public bool IsDropped(int row) => isSkipped[row] || reasons[row] is not null;

    /// <summary>Marks a row as bad, unless a filter leaves it out anyway; the first reason stays.</summary>
    public void Fail(int row, string reason)
    {
        if (isSkipped[row])
        {
            return;
        }

        reasons[row] ??= reason;
        HasErrors = HasDropped = true;
    }

    /// <summary>Marks a row as bad because of one field's text.</summary>
    public void Fail(int row, string column, TextStatus status, ReadOnlySpan<byte> text, DataType type) =>
        Fail(row, $"column {column}: {ValueText.Explain(status, text, type)}");

    /// <summary>Leaves a row out that a filter does not want.</summary>
    public void Skip(int row)
    {
        isSkipped[row] = true;
        reasons[row] = null;
        HasDropped = true;
    }

    // The reader fills a block through these.
    internal void SetField(int field, int start, int length)
    {
        var index = (RowCount * FieldCount) + field;
        starts[index] = start;
        lengths[index] = length;
    }

    internal int AppendUnescaped(ReadOnlySpan<byte> text)
    {
        if (unescaped.Length < unescapedLength + text.Length)
        {
            Array.Resize(ref unescaped, Math.Max(1024, 2 * (unescapedLength + text.Length)));
        }

        text.CopyTo(unescaped.AsSpan(unescapedLength));
        unescapedLength += text.Length;
        return unescapedLength;
    }

    internal int UnescapedLength => unescapedLength;

    internal void EndRecord(long line, int start, int length, int fieldCount, string? reason)
    {
        lines[RowCount] = line;
        recordStarts[RowCount] = start;
        recordLengths[RowCount] = length;
        for (var field = fieldCount; field < FieldCount; field++)
        {
            SetField(field, 0, -1);
        }

        if (reason is not null)
        {
            Fail(RowCount, reason);
        }

        RowCount++;
    }
}
