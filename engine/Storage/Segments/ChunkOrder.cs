using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// The rows of a chunk in the order of segments, (symbol, event time, <c>_seq</c>), as row numbers on the side, and cut
/// into vectors. Immutable; whoever made it disposes of it.
/// </summary>
internal sealed class ChunkOrder : IDisposable
{
    /// <summary>
    /// A symbol with this many rows in the chunk gets vectors of its own, because scans that merge many chunks take one
    /// symbol after the other, and would gather all rows of a vector for each of its symbols. Symbols with fewer are
    /// read together anyway.
    /// </summary>
    private const int OwnVectorRows = 32;

    private readonly BlockPool pool;
    private readonly MemoryLease lease;
    private readonly int[] vectorStarts;
    private readonly (long Min, long Max)[] timeBounds;
    private readonly (long Min, long Max)[] sequenceBounds;
    private readonly long managedBytes;

    /// <summary>Sorts a chunk. Throws <see cref="ErrorCode.MemoryBudget"/>.</summary>
    /// <param name="schema">The table's.</param>
    /// <param name="chunk">Has at least one row.</param>
    /// <param name="sorter">Lends its scratch.</param>
    /// <param name="pool">Lends the memory of the order.</param>
    public ChunkOrder(TableSchema schema, in RowChunk chunk, RowSorter sorter, BlockPool pool)
    {
        this.pool = pool;
        RowCount = chunk.RowCount;
        var times = chunk.Rows[schema.TimeIndex].Values<long>()[..RowCount];
        var sequences = chunk.Rows[schema.SequenceIndex].Values<long>()[..RowCount];
        var symbols = schema.ClusterColumn >= 0 ? chunk.Rows[schema.ClusterColumn].Values<int>()[..RowCount] : default;
        lease = pool.Rent(RowCount * sizeof(int));
        try
        {
            sorter.SortClustered(symbols, times, sequences, lease.As<int>()[..RowCount], Symbols);
            vectorStarts = StartsOf(Symbols.CutVectors(OwnVectorRows));
            const int bytesPerSymbol = 2 * (sizeof(int) + sizeof(long));
            const int bytesPerVector = sizeof(int) + (4 * sizeof(long));
            var bytes = ((long)bytesPerSymbol * Symbols.Count) + ((long)bytesPerVector * vectorStarts.Length);
            pool.Budget.Reserve(bytes);
            managedBytes = bytes;
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        timeBounds = BoundsOf(times);
        sequenceBounds = BoundsOf(sequences);
    }

    /// <summary>Rows of the chunk when it was sorted.</summary>
    public int RowCount { get; }

    /// <summary>Where which symbol lies.</summary>
    public SymbolRuns Symbols { get; } = new();

    /// <summary>Row numbers of the chunk, in the order.</summary>
    public ReadOnlySpan<int> Rows => lease.As<int>()[..RowCount];

    /// <summary>Vectors: whole symbols, or parts of one, of up to 1,024 rows.</summary>
    public int VectorCount => vectorStarts.Length - 1;

    /// <summary>What it is counted as in the pool's budget.</summary>
    public long MemoryBytes => lease.LengthBytes + managedBytes;

    /// <summary>Smallest and largest event time of each vector.</summary>
    public ReadOnlySpan<(long Min, long Max)> TimeBounds => timeBounds;

    /// <summary>Smallest and largest <c>_seq</c> of each vector.</summary>
    public ReadOnlySpan<(long Min, long Max)> SequenceBounds => sequenceBounds;

    /// <summary>First row of a vector, in the order; the row count for the vector after the last.</summary>
    public int VectorStart(int vector) => vectorStarts[vector];

    /// <summary>The vector that holds a row. O(log vectors).</summary>
    public int VectorOf(int row)
    {
        var found = vectorStarts.AsSpan().BinarySearch(row);
        return found >= 0 ? found : ~found - 1;
    }

    public void Dispose()
    {
        lease.Dispose();
        pool.Budget.Release(managedBytes);
    }

    private static int[] StartsOf(ushort[] vectorRows)
    {
        var starts = new int[vectorRows.Length + 1];
        for (var i = 0; i < vectorRows.Length; i++)
        {
            starts[i + 1] = starts[i] + vectorRows[i];
        }

        return starts;
    }

    private (long Min, long Max)[] BoundsOf(ReadOnlySpan<long> values)
    {
        var bounds = new (long Min, long Max)[VectorCount];
        for (var vector = 0; vector < bounds.Length; vector++)
        {
            var (min, max) = (long.MaxValue, long.MinValue);
            foreach (var row in Rows[vectorStarts[vector]..vectorStarts[vector + 1]])
            {
                min = Math.Min(min, values[row]);
                max = Math.Max(max, values[row]);
            }

            bounds[vector] = (min, max);
        }

        return bounds;
    }
}
