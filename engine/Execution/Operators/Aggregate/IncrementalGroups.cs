using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The groups of an incremental aggregation: finds the group of each row by its keys, and remembers which ones a step has touched, in the
/// order in which it did. Without keys there is one group from the start.
/// </summary>
internal sealed class IncrementalGroups : IDisposable
{
    private const byte TouchedFlag = 1;
    private const byte NewFlag = 2;
    private const byte LateFlag = 4;
    private const byte SourceFlag = 8;

    private readonly KeyTable? table;
    private readonly GroupArray<byte> flags;
    private readonly GroupArray<int> touched;
    private int[] numbers = new int[Batch.VectorRows];

    public IncrementalGroups(IReadOnlyList<BoundExpression> keys, BlockPool pool)
    {
        flags = new GroupArray<byte>(pool);
        touched = new GroupArray<int>(pool);
        if (keys.Count > 0)
        {
            table = KeyTable.Create([.. keys.Select(k => new KeyType(k.Type, k.Nullable))], pool);
        }
        else
        {
            flags.EnsureCount(1);
            Touch(0, NewFlag);
        }
    }

    /// <summary>How many groups there are.</summary>
    public int Count => flags.Count;

    /// <summary>The groups that were touched since <see cref="ClearTouched"/>, in the order of the first touch.</summary>
    public ReadOnlySpan<int> Touched => touched.Values;

    /// <summary>Finds the group of each row, makes those that are new, and marks them as touched.</summary>
    /// <returns>A group for each row; valid until the next call.</returns>
    public ReadOnlySpan<int> Assign(ReadOnlySpan<ColumnVector> keys, in DeltaBatch delta)
    {
        var rowCount = delta.RowCount;
        numbers = numbers.Length < rowCount ? new int[Math.Max(rowCount, numbers.Length * 2)] : numbers;
        var groups = numbers.AsSpan(0, rowCount);
        if (table is null)
        {
            groups.Clear();
        }
        else
        {
            var newRows = table.Assign(keys, rowCount, groups);
            flags.EnsureCount(table.Count);
            foreach (var row in newRows)
            {
                Touch(groups[row], NewFlag);
            }
        }

        var last = -1;
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i] != last)
            {
                last = groups[i];
                Touch(last, 0);
            }
        }

        if (!delta.Causes.IsEmpty)
        {
            MarkCauses(groups, delta.Causes);
        }

        return groups;
    }

    /// <summary>Why a touched group changed.</summary>
    public DeltaCause CauseOf(int group)
    {
        var flag = flags.Values[group];
        return (flag & NewFlag) != 0 ? DeltaCause.New
            : (flag & SourceFlag) != 0 ? DeltaCause.SourceCorrection
            : (flag & LateFlag) != 0 ? DeltaCause.LateCorrection
            : DeltaCause.Update;
    }

    /// <summary>Appends the keys of groups to the first columns of a batch.</summary>
    public void AppendKeys(ReadOnlySpan<int> groups, Batch target)
    {
        for (var i = 0; table is not null && i < table.Keys.Length; i++)
        {
            VectorCopy.AppendGather(table.Keys[i], groups, target[i]);
        }
    }

    /// <summary>Begins a new step.</summary>
    public void ClearTouched()
    {
        foreach (var group in touched.Values)
        {
            flags.Values[group] = 0;
        }

        touched.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        table?.Dispose();
        flags.Dispose();
        touched.Dispose();
    }

    private void Touch(int group, byte more)
    {
        ref var flag = ref flags.Values[group];
        if (flag == 0)
        {
            touched.EnsureCount(touched.Count + 1);
            touched.Values[^1] = group;
        }

        flag |= (byte)(TouchedFlag | more);
    }

    private void MarkCauses(ReadOnlySpan<int> groups, ReadOnlySpan<DeltaCause> causes)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            flags.Values[groups[i]] |= causes[i] switch
            {
                DeltaCause.LateCorrection => LateFlag,
                DeltaCause.SourceCorrection => SourceFlag,
                _ => 0,
            };
        }
    }
}
