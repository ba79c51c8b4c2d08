using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Rows of whole partitions, sorted by partition and order, with the places where partitions and groups of peers
/// begin. Columns lie in the window's order, so a frame is a range of rows.
/// </summary>
internal sealed class WindowRows : IDisposable
{
    private readonly LeasedArray<int> partitionStarts;
    private readonly LeasedArray<int> peerStarts;

    private WindowRows(
        Batch rows,
        LeasedArray<int> partitionStarts,
        int partitionCount,
        LeasedArray<int> peerStarts,
        int peerCount
    )
    {
        Rows = rows;
        this.partitionStarts = partitionStarts;
        this.peerStarts = peerStarts;
        PartitionCount = partitionCount;
        PeerCount = peerCount;
    }

    /// <summary>The rows, in the window's order.</summary>
    public Batch Rows { get; }

    /// <summary>How many partitions there are.</summary>
    public int PartitionCount { get; }

    /// <summary>How many groups of peers there are: rows of one partition that the order does not tell apart.</summary>
    public int PeerCount { get; }

    /// <summary>First row of each partition.</summary>
    public ReadOnlySpan<int> PartitionStarts => partitionStarts.Span[..PartitionCount];

    /// <summary>First row of each group of peers.</summary>
    public ReadOnlySpan<int> PeerStarts => peerStarts.Span[..PeerCount];

    /// <summary>
    /// Sorts rows unless they are known to be in order. Takes ownership of <paramref name="rows"/>, also where it
    /// throws.
    /// </summary>
    public static WindowRows Arrange(Batch rows, WindowLayout layout, bool areInOrder, QueryRun run)
    {
        LeasedArray<int>? partitions = null;
        LeasedArray<int>? peers = null;
        try
        {
            if (!areInOrder)
            {
                rows = Sort(rows, layout, run);
            }

            partitions = new LeasedArray<int>(Math.Max(rows.RowCount, 1), run.Pool);
            peers = new LeasedArray<int>(Math.Max(rows.RowCount, 1), run.Pool);
            var keys = new List<ColumnVector>();
            foreach (var column in layout.PartitionBy)
            {
                keys.Add(rows[column]);
            }

            var partitionCount = FindRuns(keys, rows.RowCount, partitions.Span);
            foreach (var key in layout.OrderBy)
            {
                keys.Add(rows[key.Column]);
            }

            return new WindowRows(rows, partitions, partitionCount, peers, FindRuns(keys, rows.RowCount, peers.Span));
        }
        catch
        {
            partitions?.Dispose();
            peers?.Dispose();
            rows.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        partitionStarts.Dispose();
        peerStarts.Dispose();
        Rows.Dispose();
    }

    private static int FindRuns(List<ColumnVector> keys, int rowCount, Span<int> starts)
    {
        if (rowCount == 0)
        {
            return 0;
        }

        if (keys.Count == 0)
        {
            starts[0] = 0;
            return 1;
        }

        return KeyRuns.Find(keys.ToArray(), rowCount, starts);
    }

    private static Batch Sort(Batch rows, WindowLayout layout, QueryRun run)
    {
        var keys = new List<SortColumn>();
        foreach (var column in layout.PartitionBy)
        {
            keys.Add(new SortColumn(column));
        }

        keys.AddRange(layout.OrderBy);
        keys.AddRange(layout.TieBreak);
        using var order = RowSort.Order(rows, keys.ToArray(), run.Context.Symbols, run.Pool);
        var places = order.Span[..rows.RowCount];
        if (IsIdentity(places))
        {
            return rows;
        }

        var sorted = Batch.Allocate(rows.Schema, rows.RowCount, run.Pool);
        try
        {
            sorted.AppendGather(rows, places);
        }
        catch
        {
            sorted.Dispose();
            throw;
        }

        rows.Dispose();
        return sorted;
    }

    private static bool IsIdentity(ReadOnlySpan<int> places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
