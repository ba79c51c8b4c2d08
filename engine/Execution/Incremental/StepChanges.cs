using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Gathers what changes in one step and gives each key once: its first old row, its last new one. Keys that came and went within the step
/// are left out. Keeps its memory from step to step.
/// </summary>
public sealed class StepChanges : IDisposable
{
    private readonly IReadOnlyList<int> keyColumns;
    private readonly bool carriesOld;
    private readonly KeyTable keys;
    private readonly ColumnVector[] keyVectors;
    private readonly Batch rows;
    private readonly Batch? oldRows;
    private readonly Batch takenRows;
    private readonly Batch? takenOld;
    private Change[] changes = new Change[64];
    private int[] numbers = new int[64];
    private int[] newIndexes = new int[64];
    private int[] oldIndexes = new int[64];
    private DeltaOp[] ops = new DeltaOp[64];
    private DeltaCause[] causes = new DeltaCause[64];
    private byte[] hasOld = new byte[64];

    /// <summary>Makes an empty set of changes.</summary>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="keyColumns">The columns that tell rows apart.</param>
    /// <param name="carriesOld">True where changes come with old rows; else whoever takes the result finds out what was there.</param>
    /// <param name="pool">Lends the memory.</param>
    public StepChanges(BatchSchema schema, IReadOnlyList<int> keyColumns, bool carriesOld, BlockPool pool)
    {
        this.keyColumns = keyColumns;
        this.carriesOld = carriesOld;
        keyVectors = new ColumnVector[Math.Max(keyColumns.Count, 1)];
        single = keyColumns.Count > 0 ? null : ColumnVector.Allocate(DataType.Boolean, 64, pool);
        keys = KeyTable.Create(
            keyColumns.Count > 0
                ? [.. keyColumns.Select(k => new KeyType(schema[k].Type, schema[k].Nullable))]
                : [new KeyType(DataType.Boolean, false)],
            pool
        );
        rows = Batch.Allocate(schema, 64, pool);
        oldRows = carriesOld ? Batch.Allocate(schema, 64, pool) : null;
        takenRows = Batch.Allocate(schema, 64, pool);
        takenOld = carriesOld ? Batch.Allocate(schema, 64, pool) : null;
    }

    // The key of a set without key columns, which has one row at most.
    private readonly ColumnVector? single;

    /// <summary>How many keys changed.</summary>
    public int Count => keys.Count;

    /// <summary>Adds changes, in order.</summary>
    public void Add(in DeltaBatch delta)
    {
        var start = rows.RowCount;
        rows.AppendRange(delta.Rows, 0, delta.RowCount);
        if (numbers.Length < delta.RowCount)
        {
            numbers = new int[delta.RowCount];
        }

        for (var i = 0; i < keyColumns.Count; i++)
        {
            keyVectors[i] = delta.Rows[keyColumns[i]];
        }

        if (single is not null)
        {
            keyVectors[0] = SingleKey(delta.RowCount);
        }

        var before = keys.Count;
        keys.Assign(keyVectors, delta.RowCount, numbers);
        if (changes.Length < keys.Count)
        {
            Array.Resize(ref changes, Math.Max(keys.Count, changes.Length * 2));
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            var number = numbers[row];
            ref var change = ref changes[number];
            if (number >= before)
            {
                before = number + 1;
                change = new Change { OldRow = -1 };
                if (delta.Old is { } old && delta.HasOld[row] != 0)
                {
                    change.OldRow = oldRows!.RowCount;
                    oldRows.AppendRange(old, row, 1);
                }
            }

            change.Row = start + row;
            change.IsDelete = delta.IsDelete(row);
            change.Cause = (DeltaCause)Math.Max((byte)change.Cause, (byte)delta.CauseOf(row));
        }
    }

    /// <summary>The changes, each key once, in the order in which keys first changed; valid until the next call of anything.</summary>
    public DeltaBatch Take()
    {
        Grow(keys.Count);
        var count = 0;
        var hasOldRows = false;
        for (var number = 0; number < keys.Count; number++)
        {
            ref readonly var change = ref changes[number];
            var had = change.OldRow >= 0;
            if (carriesOld && !had && change.IsDelete)
            {
                continue;
            }

            newIndexes[count] = change.Row;
            oldIndexes[count] = change.OldRow;
            ops[count] = change.IsDelete ? DeltaOp.Delete : DeltaOp.Upsert;
            causes[count] = carriesOld && !had && change.Cause == DeltaCause.Update ? DeltaCause.New : change.Cause;
            hasOld[count] = had ? (byte)1 : (byte)0;
            hasOldRows |= had;
            count++;
        }

        takenRows.Clear();
        takenRows.AppendGather(rows, newIndexes.AsSpan(0, count));
        if (hasOldRows)
        {
            // An index of -1 gathers NULL: what was not there before has no values.
            takenOld!.Clear();
            takenOld.AppendGather(oldRows!, oldIndexes.AsSpan(0, count));
        }

        return new DeltaBatch(takenRows)
        {
            Ops = ops.AsSpan(0, count),
            Causes = causes.AsSpan(0, count),
            Old = hasOldRows ? takenOld : null,
            HasOld = hasOldRows ? hasOld.AsSpan(0, count) : default,
        };
    }

    /// <summary>Begins the next step.</summary>
    public void Clear()
    {
        if (keys.Count == 0)
        {
            return;
        }

        keys.Reset();
        rows.Clear();
        oldRows?.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        rows.Dispose();
        oldRows?.Dispose();
        takenRows.Dispose();
        takenOld?.Dispose();
        single?.Dispose();
    }

    private void Grow(int count)
    {
        if (ops.Length < count)
        {
            var size = Math.Max(count, ops.Length * 2);
            newIndexes = new int[size];
            oldIndexes = new int[size];
            ops = new DeltaOp[size];
            causes = new DeltaCause[size];
            hasOld = new byte[size];
        }
    }

    private ColumnVector SingleKey(int rowCount)
    {
        if (single!.RowCount < rowCount)
        {
            single.EnsureCapacity(rowCount);
            single.SetRowCount(0);
            single.Writable<byte>()[..rowCount].Clear();
        }

        single.SetRowCount(rowCount);
        return single;
    }

    private struct Change
    {
        public int Row;
        public int OldRow;
        public bool IsDelete;
        public DeltaCause Cause;
    }
}
