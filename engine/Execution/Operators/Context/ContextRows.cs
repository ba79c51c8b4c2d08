using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Rows sorted by partition, event time and sequence, with the places where partitions begin.</summary>
internal sealed class ContextRows : IDisposable
{
    private static readonly int[] OnlyStart = [0];

    private readonly LeasedArray<int>? starts;

    private ContextRows(Batch rows, LeasedArray<int>? starts, int partitionCount)
    {
        Rows = rows;
        this.starts = starts;
        PartitionCount = partitionCount;
    }

    /// <summary>The rows, in order: the input's columns, then those of the layout.</summary>
    public Batch Rows { get; }

    /// <summary>How many partitions there are.</summary>
    public int PartitionCount { get; }

    /// <summary>First row of each partition.</summary>
    public ReadOnlySpan<int> PartitionStarts => starts is null ? OnlyStart : starts.Span[..PartitionCount];

    /// <summary>
    /// Sorts rows unless they are known to be in order. Takes ownership of <paramref name="rows"/>, also where it throws.
    /// </summary>
    public static ContextRows Arrange(Batch rows, ContextLayout layout, bool areInOrder, EvaluationContext context)
    {
        LeasedArray<int>? starts = null;
        try
        {
            if (!areInOrder)
            {
                rows = Sort(rows, layout, context);
            }

            if (layout.Partition.Length == 0 || rows.RowCount == 0)
            {
                return new ContextRows(rows, null, Math.Min(rows.RowCount, 1));
            }

            starts = new LeasedArray<int>(rows.RowCount, context.Pool);
            ColumnVector[] keys = [.. layout.Partition.Select(c => rows[c])];
            return new ContextRows(rows, starts, KeyRuns.Find(keys, rows.RowCount, starts.Span));
        }
        catch
        {
            starts?.Dispose();
            rows.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        starts?.Dispose();
        Rows.Dispose();
    }

    private static Batch Sort(Batch rows, ContextLayout layout, EvaluationContext context)
    {
        SortColumn[] keys = [.. layout.Partition.Select(c => new SortColumn(c)), .. layout.Order];
        using var order = RowSort.Order(rows, keys, context.Symbols, context.Pool);
        var places = order.Span[..rows.RowCount];
        var inPlace = 0;
        while (inPlace < places.Length && places[inPlace] == inPlace)
        {
            inPlace++;
        }

        if (inPlace == places.Length)
        {
            return rows;
        }

        var sorted = Batch.Allocate(rows.Schema, rows.RowCount, context.Pool);
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
}

/// <summary>Which columns of the kept rows hold what a context needs.</summary>
internal sealed class ContextLayout
{
    public ContextLayout(ContextNode node)
    {
        Rows = new RowLayout(node.Inputs[0].Schema);
        Partition = Rows.Add(node.Partition);
        Order = Rows.Add(node.Order);
    }

    public RowLayout Rows { get; }

    public int[] Partition { get; }

    public SortColumn[] Order { get; }
}
