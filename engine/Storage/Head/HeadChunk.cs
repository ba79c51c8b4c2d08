using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Head;

/// <summary>
/// Some rows of a table in arrival order, column by column, in <see cref="TableSchema.AllColumns"/> order. Filled by
/// the sequencer alone; readers see the first <see cref="RowCount"/> rows, without a lock, and those never change or
/// move. Counted references: each table version that holds the chunk has one, and the last to go frees its memory.
/// </summary>
internal sealed class HeadChunk
{
    /// <summary>The most rows of a chunk.</summary>
    public const int RowsMax = 64 * 1024;

    private const int TextBytesMax = 512 << 20;

    private readonly TableSchema schema;
    private readonly HeadColumn[] columns;
    private int rowCount;
    private int references = 1;
    private Batch? wholeView;

    public HeadChunk(TableSchema schema, int capacityRows, BlockPool pool)
    {
        this.schema = schema;
        Index = new ChunkIndex(schema, pool);
        CapacityRows = capacityRows;
        columns = new HeadColumn[schema.AllColumns.Count];
        var made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                columns[made] = new HeadColumn(schema.AllColumns[made].Type, capacityRows, pool);
            }
        }
        finally
        {
            for (var i = 0; made < columns.Length && i < made; i++)
            {
                columns[i].Free();
            }
        }
    }

    /// <summary>For scans, once the chunk takes no more rows.</summary>
    public ChunkIndex Index { get; }

    /// <summary>Rows that there is room for.</summary>
    public int CapacityRows { get; }

    /// <summary>Rows published. A reader that saw a committed sequence finds at least its rows here.</summary>
    public int RowCount => Volatile.Read(ref rowCount);

    /// <summary>Where in the log the frame of the first row begins: replay from there restores the chunk.</summary>
    public long FirstLogPosition { get; private set; }

    /// <summary>Memory held, as far as <see cref="Prepare"/> has counted it.</summary>
    public long MemoryBytes
    {
        get
        {
            var bytes = Index.MemoryBytes;
            foreach (var column in columns)
            {
                bytes += column.MemoryBytes;
            }

            return bytes;
        }
    }

    /// <summary><c>_seq</c> of the published rows.</summary>
    public ReadOnlySpan<long> Sequences => columns[schema.SequenceIndex].Values<long>()[..RowCount];

    /// <summary>What orders the published rows in time.</summary>
    public ReadOnlySpan<long> Times => columns[schema.TimeIndex].Values<long>()[..RowCount];

    /// <summary><c>_ingest_ts</c> of the published rows.</summary>
    public ReadOnlySpan<long> IngestTimes => columns[schema.IngestTimeIndex].Values<long>()[..RowCount];

    /// <summary>Published rows whose <c>_seq</c> is at most that. O(log rows).</summary>
    public int CountThrough(long sequence)
    {
        var sequences = Sequences;
        if (sequences.IsEmpty || sequences[^1] <= sequence)
        {
            return sequences.Length;
        }

        var (low, high) = (0, sequences.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sequences[middle] <= sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Takes the memory that these rows need; throws <see cref="ErrorCode.MemoryBudget"/> and changes nothing
    /// seen.</summary>
    /// <returns>How many of the rows fit, from the first one on; 0 where the chunk is full.</returns>
    public int Prepare(Batch source, int startRow, int wantedRows)
    {
        var rows = Math.Min(wantedRows, CapacityRows - rowCount);
        for (var i = 0; i < source.ColumnCount && rows > 0 && rowCount > 0; i++)
        {
            if (source[i].Type.Kind == TypeKind.Varchar)
            {
                var offsets = source[i].Offsets;
                if (columns[i].TextBytes + (long)(offsets[startRow + rows] - offsets[startRow]) > TextBytesMax)
                {
                    return 0;
                }
            }
        }

        for (var i = 0; i < source.ColumnCount && rows > 0; i++)
        {
            columns[i].Prepare(source[i], startRow, rows);
        }

        return rows;
    }

    /// <summary>Copies and publishes rows that were prepared.</summary>
    public void Append(Batch source, int startRow, int count, in AppendedRows stamps, int stampsFrom)
    {
        var at = rowCount;
        if (at == 0)
        {
            FirstLogPosition = stamps.LogPosition;
        }

        for (var i = 0; i < source.ColumnCount; i++)
        {
            columns[i].Append(source[i], startRow, count, at);
        }

        var sequences = columns[schema.SequenceIndex].Values<long>().Slice(at, count);
        for (var i = 0; i < sequences.Length; i++)
        {
            sequences[i] = stamps.FirstSequence + stampsFrom + i;
        }

        columns[schema.IngestTimeIndex].Values<long>().Slice(at, count).Fill(stamps.IngestNanos);
        var late = columns[schema.LateIndex].Values<byte>().Slice(at, count);
        if (stamps.Late.IsEmpty)
        {
            late.Clear();
        }
        else
        {
            stamps.Late.Slice(stampsFrom, count).CopyTo(late);
        }

        Volatile.Write(ref rowCount, at + count);
    }

    /// <summary>True where a row to append equals the last row here in every declared column.</summary>
    public bool LastRowEquals(Batch source, int row)
    {
        for (var i = 0; i < source.ColumnCount && rowCount > 0; i++)
        {
            if (!columns[i].RowEquals(rowCount - 1, source[i], row))
            {
                return false;
            }
        }

        return rowCount > 0;
    }

    /// <summary>Shows published rows in a view over all columns.</summary>
    public void Borrow(Batch view, int startRow, int count)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Borrow(view[i], startRow, count);
        }

        view.SetRowCount(count);
    }

    /// <summary>All rows of a chunk that takes no more, for scans: made at the first call, and shared by all snapshots.</summary>
    public RowChunk Whole()
    {
        var view = Volatile.Read(ref wholeView);
        if (view is null)
        {
            var made = Batch.CreateView(new BatchSchema([.. schema.AllColumns]));
            Borrow(made, 0, RowCount);
            view = Interlocked.CompareExchange(ref wholeView, made, null) ?? made;
        }

        return new RowChunk(view, view.RowCount) { Index = Index };
    }

    /// <summary>Shows published rows of one column, an index in <see cref="TableSchema.AllColumns"/>.</summary>
    public void Borrow(int column, ColumnVector view, int startRow, int count) =>
        columns[column].Borrow(view, startRow, count);

    public void Acquire() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            Index.Dispose();
            foreach (var column in columns)
            {
                column.Free();
            }
        }
    }
}

/// <summary>What the sequencer gave the rows of one table in a commit.</summary>
/// <param name="firstSequence"><c>_seq</c> of the first row; the others follow without gaps.</param>
/// <param name="ingestNanos">Their <c>_ingest_ts</c>.</param>
/// <param name="late">A byte a row, 1 for late; empty where none is.</param>
/// <param name="logPosition">Where the commit's frame begins.</param>
internal readonly ref struct AppendedRows(
    long firstSequence,
    long ingestNanos,
    ReadOnlySpan<byte> late,
    long logPosition
)
{
    public long FirstSequence { get; } = firstSequence;

    public long IngestNanos { get; } = ingestNanos;

    public ReadOnlySpan<byte> Late { get; } = late;

    public long LogPosition { get; } = logPosition;
}
