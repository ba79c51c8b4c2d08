using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// What scans want to know of a chunk that takes no more rows, found by the first that asks and kept for the others:
/// sorting is most of a scan's work. It lives as long as the chunk, and its memory is counted with the chunk's.
/// Thread-safe.
/// </summary>
internal sealed class ChunkIndex(TableSchema schema, BlockPool pool) : IDisposable
{
    private readonly Lock gate = new();
    private ChunkTimes? times;
    private ChunkOrder? order;

    /// <summary>What it holds of the pool's budget.</summary>
    public long MemoryBytes => Volatile.Read(ref order)?.MemoryBytes ?? 0;

    /// <summary>The times. The chunk must be the same at every call, and whole.</summary>
    public ChunkTimes Times(in RowChunk chunk)
    {
        // Two threads may both find them: the same, and cheap.
        var known = Volatile.Read(ref times);
        if (known is null)
        {
            known = new ChunkTimes(schema, chunk);
            Volatile.Write(ref times, known);
        }

        return known;
    }

    /// <summary>The order, or null where the budget has no room for it: the caller then sorts on its own
    /// account.</summary>
    public ChunkOrder? TryOrder(in RowChunk chunk, RowSorter sorter)
    {
        if (Volatile.Read(ref order) is { } known)
        {
            return known;
        }

        lock (gate)
        {
            if (order is null)
            {
                try
                {
                    Volatile.Write(ref order, new ChunkOrder(schema, chunk, sorter, pool));
                }
                catch (TickStoreException e) when (e.Code == ErrorCode.MemoryBudget)
                {
                    return null;
                }
            }

            return order;
        }
    }

    /// <summary>Gives the memory back. No scan may use it any more.</summary>
    public void Dispose() => order?.Dispose();
}
