using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Kept rows in a given order, batch by batch. Shows the first columns only, where more were kept than the schema has.
/// </summary>
internal sealed class SortedReader(
    QueryRun run,
    BatchSchema schema,
    Batch rows,
    LeasedArray<int> order,
    int start,
    int count
) : IBatchReader
{
    private Batch? batch;
    private int done;

    /// <inheritdoc/>
    public Batch? Next()
    {
        run.ThrowIfCancelled();
        var rowCount = Math.Min(Batch.VectorRows, count - done);
        if (rowCount <= 0)
        {
            return null;
        }

        batch ??= Batch.Allocate(schema, Batch.VectorRows, run.Pool);
        batch.Clear();
        var chosen = order.Span.Slice(start + done, rowCount);
        for (var i = 0; i < schema.ColumnCount; i++)
        {
            VectorCopy.AppendGather(rows[i], chosen, batch[i]);
        }

        batch.SetRowCount(rowCount);
        done += rowCount;
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => batch?.Dispose();
}
