using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Some changes, written once and read by any number of subscribers. Rows are only ever added, and memory never moves while somebody may
/// read: rows before <see cref="Published"/> stay as they are. Counted references; the last one gives it back to its tail.
/// </summary>
internal sealed class ChangeChunk : IDisposable
{
    /// <summary>Rows of a chunk, and so of a block at most.</summary>
    public const int CapacityRows = Batch.VectorRows;

    private const int TextBytesOtherwise = 64 << 10;

    private readonly int[] textColumns;
    private readonly int[] textCapacity;
    private readonly int[] textUsed;
    private readonly bool[] isKey;
    private readonly int[] one = new int[1];
    private readonly ChangeShape shape;
    private int published;
    private int references;

    public ChangeChunk(ChangeShape shape, BlockPool pool)
    {
        this.shape = shape;
        textColumns =
        [
            .. Enumerable
                .Range(0, shape.Schema.ColumnCount)
                .Where(i => shape.Schema[i].Type is { Kind: TypeKind.Varchar, IsArray: false }),
        ];
        textCapacity = new int[textColumns.Length];
        textUsed = new int[textColumns.Length];
        isKey = new bool[shape.Schema.ColumnCount];
        foreach (var key in shape.KeyColumns)
        {
            isKey[key] = true;
        }

        Rows = Batch.Allocate(shape.Schema, CapacityRows, pool);
    }

    public Batch Rows { get; }

    public ChangeOp[] Ops { get; } = new ChangeOp[CapacityRows];

    public DeltaCause[] Causes { get; } = new DeltaCause[CapacityRows];

    /// <summary>The step of each row; ascending.</summary>
    public long[] Steps { get; } = new long[CapacityRows];

    /// <summary>Rows that may be read.</summary>
    public int Published => Volatile.Read(ref published);

    /// <summary>What follows once this chunk is full; null until then. Holds a reference.</summary>
    public ChangeChunk? Next;

    /// <summary>Rows of the tail before this chunk.</summary>
    public long RowsBefore { get; private set; }

    /// <summary>Bytes of text of the tail before this chunk.</summary>
    public long TextBefore { get; private set; }

    /// <summary>Bytes of text in here.</summary>
    public long TextBytes { get; private set; }

    /// <summary>Makes it empty, with one reference: the caller's.</summary>
    public void Begin(long rowsBefore, long textBefore)
    {
        Rows.Clear();
        (RowsBefore, TextBefore, TextBytes) = (rowsBefore, textBefore, 0);
        Array.Clear(textUsed);
        for (var i = 0; i < Rows.ColumnCount; i++)
        {
            // Taken now: a byte map that appears later could be seen before it is filled.
            if (shape.Schema[i].Nullable || !shape.IsAppendOnly)
            {
                Rows[i].WritableValidity();
            }
        }

        for (var t = 0; t < textColumns.Length; t++)
        {
            ReserveText(t, TextBytesOtherwise);
        }

        Volatile.Write(ref published, 0);
        Next = null;
        Volatile.Write(ref references, 1);
    }

    /// <summary>Copies changes from a row on, as many as fit, and publishes them.</summary>
    /// <returns>Rows taken; 0 where none fits any more.</returns>
    public int Append(in DeltaBatch changes, int startRow, long step)
    {
        var at = Rows.RowCount;
        var count = CountThatFits(changes.Rows, startRow);
        if (count == 0)
        {
            return 0;
        }

        if (changes.Ops.IsEmpty || changes.Ops.Slice(startRow, count).IndexOf(DeltaOp.Delete) < 0)
        {
            Rows.AppendRange(changes.Rows, startRow, count);
        }
        else
        {
            for (var row = startRow; row < startRow + count; row++)
            {
                AppendRow(changes, row);
            }
        }

        for (var i = 0; i < count; i++)
        {
            var row = startRow + i;
            Ops[at + i] =
                changes.IsDelete(row) ? ChangeOp.Delete
                : !changes.HasOld.IsEmpty && changes.HasOld[row] != 0 ? ChangeOp.Update
                : ChangeOp.Insert;
            Causes[at + i] = changes.CauseOf(row);
            Steps[at + i] = step;
        }

        Volatile.Write(ref published, at + count);
        return count;
    }

    /// <summary>One more holder.</summary>
    public void AddReference() => Interlocked.Increment(ref references);

    /// <summary>One holder less; true for the last one.</summary>
    public bool RemoveReference() => Interlocked.Decrement(ref references) == 0;

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();

    private int CountThatFits(Batch rows, int startRow)
    {
        var count = Math.Min(rows.RowCount - startRow, CapacityRows - Rows.RowCount);
        for (var t = 0; t < textColumns.Length && count > 0; t++)
        {
            var offsets = rows[textColumns[t]].Offsets;
            var room = textCapacity[t] - textUsed[t];
            while (count > 0 && offsets[startRow + count] - offsets[startRow] > room)
            {
                count /= 2;
            }

            // A text that is larger than a whole chunk's room gets a chunk with more of it.
            if (count == 0 && Rows.RowCount == 0)
            {
                ReserveText(t, offsets[startRow + 1] - offsets[startRow]);
                count = 1;
            }
        }

        for (var t = 0; t < textColumns.Length && count > 0; t++)
        {
            var offsets = rows[textColumns[t]].Offsets;
            var bytes = offsets[startRow + count] - offsets[startRow];
            textUsed[t] += bytes;
            TextBytes += bytes;
        }

        return count;
    }

    private void AppendRow(in DeltaBatch changes, int row)
    {
        var isDelete = changes.IsDelete(row);
        one[0] = row;
        for (var i = 0; i < Rows.ColumnCount; i++)
        {
            if (isDelete && !isKey[i])
            {
                Rows[i].AppendNull();
            }
            else
            {
                VectorCopy.AppendGather(changes.Rows[i], one, Rows[i]);
            }
        }

        Rows.SetRowCount(Rows.RowCount + 1);
    }

    private void ReserveText(int index, int bytes)
    {
        if (bytes > textCapacity[index])
        {
            Rows[textColumns[index]].EnsureText(bytes);
            textCapacity[index] = bytes;
        }
    }
}
