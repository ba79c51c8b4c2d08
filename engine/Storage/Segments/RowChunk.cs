using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// Rows in memory: the first <paramref name="RowCount"/> rows of a batch whose columns are those of
/// <see cref="TableSchema.AllColumns"/>, system columns included. The batch may hold more rows than are visible, and a
/// writer may append behind them meanwhile, as long as the memory of the visible rows stays where it is.
/// </summary>
/// <param name="Rows">Holds the rows; whoever made it owns it.</param>
/// <param name="RowCount">Visible rows, from the first on; at most <see cref="RowsMax"/>.</param>
public readonly record struct RowChunk(Batch Rows, int RowCount)
{
    /// <summary>The most rows of one chunk.</summary>
    public const int RowsMax = 1 << 16;

    /// <summary>What is known of a chunk that takes no more rows and is visible whole; null for others.</summary>
    internal ChunkIndex? Index { get; init; }
}
