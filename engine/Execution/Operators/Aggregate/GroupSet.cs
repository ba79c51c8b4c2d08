using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The groups of one thread's rows, numbered as they first appear: their keys and their states.</summary>
internal sealed class GroupSet : IDisposable
{
    private readonly QueryRun run;
    private readonly AggregateFeed feed;
    private readonly KeyTable? table;
    private readonly ExpressionSet keys;
    private readonly ColumnVector? firstRows;
    private int[] numbers = new int[Batch.VectorRows];
    private int[] runStarts = new int[Batch.VectorRows];

    public GroupSet(AggregateNode node, QueryRun run, bool recordFirstRows)
    {
        this.run = run;
        keys = new ExpressionSet(node.Keys, run.Context);
        feed = new AggregateFeed(node.Aggregates, run);
        try
        {
            if (node.Keys.Count == 0)
            {
                Count = 1;
                feed.EnsureGroups(1);
                return;
            }

            table = KeyTable.Create([.. node.Keys.Select(k => new KeyType(k.Type, k.Nullable))], run.Pool);
            firstRows = recordFirstRows ? ColumnVector.Allocate(DataType.BigInt, Batch.VectorRows, run.Pool) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many groups there are; 1 without keys.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the rows of one morsel. Morsels must come in ascending order.</summary>
    public void AddMorsel(int morsel, IBatchReader reader)
    {
        var firstRow = (long)morsel << 40;
        while (reader.Next() is { } batch)
        {
            run.ThrowIfCancelled();
            Add(batch, firstRow);
            firstRow += batch.RowCount;
        }
    }

    /// <summary>
    /// Takes over the groups of several threads. Each thread's groups ascend by first row, so merging them by it
    /// numbers the union as one thread would have.
    /// </summary>
    public void MergeAll(GroupSet[] sets)
    {
        if (table is null)
        {
            foreach (var set in sets)
            {
                feed.Merge(set.feed, [0]);
            }

            return;
        }

        var maps = new LeasedArray<int>?[sets.Length];
        try
        {
            for (var i = 0; i < sets.Length; i++)
            {
                maps[i] = new LeasedArray<int>(Math.Max(sets[i].Count, 1), run.Pool);
            }

            Number(sets, maps!);
            feed.EnsureGroups(Count);
            for (var i = 0; i < sets.Length; i++)
            {
                feed.Merge(sets[i].feed, maps[i]!.Span[..sets[i].Count]);
            }
        }
        finally
        {
            foreach (var map in maps)
            {
                map?.Dispose();
            }
        }
    }

    /// <summary>Call once when all rows are in.</summary>
    public void Finish() => feed.Finish();

    /// <summary>Appends keys and results of groups [start, start + count).</summary>
    public void Write(int start, int count, Batch target)
    {
        var keyCount = 0;
        if (table is not null)
        {
            keyCount = table.Keys.Length;
            for (var i = 0; i < keyCount; i++)
            {
                VectorCopy.AppendRange(table.Keys[i], start, count, target[i]);
            }
        }

        feed.AppendResults(start, count, target, keyCount);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        feed.Dispose();
        table?.Dispose();
        firstRows?.Dispose();
    }

    private void Add(Batch batch, long firstRow)
    {
        var rowCount = batch.RowCount;
        numbers = numbers.Length < rowCount ? new int[rowCount] : numbers;
        if (table is not null)
        {
            var newRows = table.Assign(keys.Evaluate(batch), rowCount, numbers);
            Count = table.Count;
            if (firstRows is not null && newRows.Length > 0)
            {
                var at = firstRows.RowCount;
                firstRows.EnsureCapacity(at + newRows.Length);
                var target = firstRows.Writable<long>()[at..];
                for (var i = 0; i < newRows.Length; i++)
                {
                    target[i] = firstRow + newRows[i];
                }

                firstRows.SetRowCount(at + newRows.Length);
            }

            feed.EnsureGroups(Count);
        }

        if (feed.HasDistinct)
        {
            feed.Update(batch, numbers.AsSpan(0, rowCount));
            return;
        }

        var runCount = table is null ? 1 : FindRuns(numbers.AsSpan(0, rowCount));
        feed.UpdateRuns(batch, 0, rowCount, runStarts.AsSpan(0, runCount), numbers);
    }

    // Segments are clustered, so rows of a group often follow each other whatever the order of the scan.
    private int FindRuns(ReadOnlySpan<int> groups)
    {
        var starts = runStarts = runStarts.Length < groups.Length ? new int[groups.Length] : runStarts;
        starts[0] = 0;
        var count = 1;
        for (var row = 1; row < groups.Length && count < starts.Length; row++)
        {
            // Branch-free: a row is always written, and counted only if it begins a run.
            starts[count] = row;
            count += groups[row] != groups[row - 1] ? 1 : 0;
        }

        return count;
    }

    // Takes, again and again, the stretch of groups of one thread that come before the next group of all others.
    private void Number(GroupSet[] sets, LeasedArray<int>[] maps)
    {
        var next = new int[sets.Length];
        var views = sets[0].table!.Keys.ToArray().Select(k => ColumnVector.CreateView(k.Type)).ToArray();
        while (true)
        {
            var (set, bound) = Earliest(sets, next);
            if (set < 0)
            {
                break;
            }

            run.ThrowIfCancelled();
            var firsts = sets[set].firstRows!.Values<long>();
            var start = next[set];
            var end = start;
            while (end < firsts.Length && end - start < Batch.VectorRows && firsts[end] < bound)
            {
                end++;
            }

            for (var i = 0; i < views.Length; i++)
            {
                views[i].Borrow(sets[set].table!.Keys[i], start, end - start);
            }

            table!.Assign(views, end - start, maps[set].Span[start..]);
            next[set] = end;
        }

        Count = table!.Count;
    }

    private static (int Set, long Bound) Earliest(GroupSet[] sets, int[] next)
    {
        var (set, first, bound) = (-1, long.MaxValue, long.MaxValue);
        for (var i = 0; i < sets.Length; i++)
        {
            if (next[i] < sets[i].Count)
            {
                var candidate = sets[i].firstRows!.Values<long>()[next[i]];
                if (candidate < first)
                {
                    (set, bound, first) = (i, first, candidate);
                }
                else
                {
                    bound = Math.Min(bound, candidate);
                }
            }
        }

        return (set, bound);
    }
}
