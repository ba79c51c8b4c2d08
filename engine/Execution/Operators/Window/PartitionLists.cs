using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which rows belong to which partition: a list for each partition through the numbers of the rows, in both directions. Eight bytes a
/// partition and twelve a row. Partitions are numbered by a <see cref="KeyedRows"/> of their keys.
/// </summary>
internal sealed class PartitionLists(BlockPool pool) : IDisposable
{
    private LeasedArray<int>? next;
    private LeasedArray<int>? previous;
    private LeasedArray<int>? partitionOf;
    private LeasedArray<int>? heads;
    private LeasedArray<int>? counts;

    /// <summary>Makes room for rows and partitions with numbers below limits.</summary>
    public void EnsureRoom(int rowLimit, int partitionLimit)
    {
        Grow(ref next, rowLimit);
        Grow(ref previous, rowLimit);
        Grow(ref partitionOf, rowLimit);
        Grow(ref heads, partitionLimit);
        Grow(ref counts, partitionLimit, 0);
    }

    /// <summary>The partition of a row.</summary>
    public int PartitionOf(int row) => partitionOf!.Span[row];

    /// <summary>How many rows a partition has.</summary>
    public int CountOf(int partition) => counts!.Span[partition];

    /// <summary>Puts a row into a partition.</summary>
    public void Link(int row, int partition)
    {
        var head = heads!.Span[partition];
        next!.Span[row] = head;
        previous!.Span[row] = -1;
        partitionOf!.Span[row] = partition;
        if (head >= 0)
        {
            previous.Span[head] = row;
        }

        heads.Span[partition] = row;
        counts!.Span[partition]++;
    }

    /// <summary>Takes a row out of its partition.</summary>
    /// <returns>The partition.</returns>
    public int Unlink(int row)
    {
        var partition = partitionOf!.Span[row];
        var (before, after) = (previous!.Span[row], next!.Span[row]);
        if (before >= 0)
        {
            next.Span[before] = after;
        }
        else
        {
            heads!.Span[partition] = after;
        }

        if (after >= 0)
        {
            previous.Span[after] = before;
        }

        partitionOf.Span[row] = -1;
        counts!.Span[partition]--;
        return partition;
    }

    /// <summary>Appends the rows of a partition to a list.</summary>
    public void Collect(int partition, List<int> rows)
    {
        var links = next!.Span;
        for (var row = heads!.Span[partition]; row >= 0; row = links[row])
        {
            rows.Add(row);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        next?.Dispose();
        previous?.Dispose();
        partitionOf?.Dispose();
        heads?.Dispose();
        counts?.Dispose();
        next = previous = partitionOf = heads = counts = null;
    }

    private void Grow(ref LeasedArray<int>? array, int limit, int fill = -1)
    {
        var length = array?.Length ?? 0;
        if (limit <= length)
        {
            return;
        }

        var grown = new LeasedArray<int>(Math.Max(limit, (int)Math.Min(2L * length, int.MaxValue / 8)), pool);
        grown.Span[length..].Fill(fill);
        if (array is not null)
        {
            array.Span.CopyTo(grown.Span);
            array.Dispose();
        }

        array = grown;
    }
}
