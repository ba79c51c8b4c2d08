using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Segments;

/// <summary>Writes rows in memory as one segment file.</summary>
public static class SegmentWriter
{
    /// <summary>
    /// Sorts rows by (cluster symbol, event time, <c>_seq</c>) and writes them. When it returns the file is durable
    /// under its name; until then only <paramref name="path"/> + <c>.tmp</c> exists, which a failed call deletes. Only
    /// where the sync of the folder fails does a failed call leave a file, a whole one, under the name.
    /// </summary>
    /// <param name="schema">The table.</param>
    /// <param name="chunks">The rows, in any order; all columns, system columns included. Not changed, and read only
    /// here.</param>
    /// <param name="commits">
    /// Commits of all rows. <c>_ingest_ts</c> of a row read back is that of the last commit at or before its
    /// <c>_seq</c>.
    /// </param>
    /// <param name="files">The device.</param>
    /// <param name="path">The file to write; its folder exists.</param>
    /// <param name="pool">Lends about 32 bytes a row, and one column's worth of vectors, while the call runs.</param>
    /// <param name="timeFrom">Rows with an earlier event time are left out: for a chunk with rows of several
    /// partitions.</param>
    /// <param name="timeTo">Rows with a later event time are left out; included itself.</param>
    /// <param name="cancellationToken">Checked per vector.</param>
    /// <returns>What was written, or null where no row lies in the time range: then there is no file.</returns>
    public static SegmentInfo? Write(
        TableSchema schema,
        IReadOnlyList<RowChunk> chunks,
        CommitIndex commits,
        IFileSystem files,
        string path,
        BlockPool pool,
        long timeFrom = long.MinValue,
        long timeTo = long.MaxValue,
        CancellationToken cancellationToken = default
    )
    {
        using var rows = new ChunkRows(schema, chunks, pool, timeFrom, timeTo);
        if (rows.Count == 0)
        {
            return null;
        }

        var runs = rows.Sort();
        using var builder = new SegmentBuilder(schema, runs, commits, rows.MinSequence, files, path);
        using var vector = Batch.Allocate(new BatchSchema([.. schema.AllColumns]), SegmentFormat.VectorRowsMax, pool);
        for (var at = 0; builder.NextVectorRows > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            vector.Clear();
            var count = builder.NextVectorRows;
            rows.Gather(at, count, vector);
            at += count;
            builder.AppendVector(vector);
        }

        return builder.Finish();
    }
}
