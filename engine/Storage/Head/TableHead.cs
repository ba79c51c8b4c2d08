using TickStore.Core;

namespace TickStore.Storage.Head;

/// <summary>
/// The rows of a table that no segment holds yet: chunks in arrival order, of which the last takes new rows. Appending
/// is in two steps, so that nothing can fail once the log has the commit: <see cref="Prepare"/> takes all memory,
/// <see cref="Append"/> only copies. Belongs to the sequencer, under its lock.
/// </summary>
internal sealed class TableHead
{
    // A table of one row must not hold memory for 64 k: chunks begin small and double.
    private const int FirstChunkRows = 1024;
    private const int ChunkBytesTarget = 8 << 20;

    private readonly TableSchema schema;
    private readonly BlockPool pool;
    private readonly int rowsMax;
    private readonly List<Piece> prepared = [];
    private int nextChunkRows;
    private HeadChunk? tail;

    // Made and not yet among the prepared pieces: freed if its first rows find no memory.
    private HeadChunk? pendingChunk;

    public TableHead(TableSchema schema, BlockPool pool)
    {
        (this.schema, this.pool) = (schema, pool);
        var widestBytes = 1;
        foreach (var column in schema.AllColumns)
        {
            widestBytes = Math.Max(widestBytes, column.Type.ElementBytes * column.Type.LevelCount);
        }

        rowsMax = HeadChunk.RowsMax;
        while (rowsMax > 64 && (long)rowsMax * widestBytes > ChunkBytesTarget)
        {
            rowsMax /= 2;
        }

        nextChunkRows = Math.Min(FirstChunkRows, rowsMax);
    }

    /// <summary>The chunk that takes the next row, or null.</summary>
    public HeadChunk? Tail => tail;

    /// <summary>
    /// Takes all memory that an append of these rows needs, or throws <see cref="ErrorCode.MemoryBudget"/>. Until
    /// <see cref="Append"/> or <see cref="Abandon"/>, no other call is allowed.
    /// </summary>
    public void Prepare(Batch source, int startRow, int rowCount)
    {
        var chunk = tail;
        try
        {
            while (rowCount > 0)
            {
                var fits = chunk?.Prepare(source, startRow, rowCount) ?? 0;
                if (fits > 0)
                {
                    prepared.Add(new Piece(chunk!, startRow, fits, false));
                    (startRow, rowCount) = (startRow + fits, rowCount - fits);

                    // What did not fit needs a new chunk: this one knows nothing of the piece until it is appended.
                    chunk = null;
                    continue;
                }

                chunk = new HeadChunk(schema, ChunkRowsFor(rowCount), pool);
                pendingChunk = chunk;
                fits = chunk.Prepare(source, startRow, rowCount);
                pendingChunk = null;
                prepared.Add(new Piece(chunk, startRow, fits, true));
                (startRow, rowCount) = (startRow + fits, rowCount - fits);
                chunk = null;
            }
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    /// <summary>Copies the prepared rows and publishes them.</summary>
    /// <returns>True if chunks were added, so that a new version must be published.</returns>
    public bool Append(Batch source, in AppendedRows stamps, List<HeadChunk> added)
    {
        added.Clear();
        var done = 0;
        foreach (var piece in prepared)
        {
            piece.Chunk.Append(source, piece.StartRow, piece.RowCount, stamps, done);
            done += piece.RowCount;
            if (piece.IsNew)
            {
                added.Add(piece.Chunk);
                tail = piece.Chunk;
                nextChunkRows = Math.Min(rowsMax, Math.Max(nextChunkRows, piece.Chunk.CapacityRows) * 2);
            }
        }

        prepared.Clear();
        return added.Count > 0;
    }

    /// <summary>Gives back what <see cref="Prepare"/> took.</summary>
    public void Abandon()
    {
        pendingChunk?.Release();
        pendingChunk = null;
        foreach (var piece in prepared)
        {
            if (piece.IsNew)
            {
                piece.Chunk.Release();
            }
        }

        prepared.Clear();
    }

    /// <summary>Lets the next row begin a new chunk, so that those there are may be sealed.</summary>
    public void Rotate() =>
        (tail, nextChunkRows) = (null, Math.Min(Math.Max(FirstChunkRows, nextChunkRows / 4), rowsMax));

    private int ChunkRowsFor(int rowCount)
    {
        var rows = nextChunkRows;
        while (rows < rowsMax && rows < rowCount)
        {
            rows *= 2;
        }

        return Math.Min(rows, rowsMax);
    }

    private readonly record struct Piece(HeadChunk Chunk, int StartRow, int RowCount, bool IsNew);
}
