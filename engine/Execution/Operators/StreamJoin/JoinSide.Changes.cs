using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Rows that change or go, and the end of a step.</summary>
internal sealed partial class JoinSide
{
    // For a row that has not changed in the step.
    private const int Unchanged = -2;

    // Slots to gather beyond the bound before rows are moved together.
    private const int SlackRows = 16;

    private readonly PooledList<byte> removed;
    private readonly PooledList<int> changed;
    private readonly PooledList<int> before;
    private readonly PooledList<int> slotOfRow;
    private KeyTable? identity;
    private int[] rowNumbers = [];
    private int linkedKeyed;

    /// <summary>Of an input whose rows change: which rows did so in the step, as numbers for <see cref="Before"/>.</summary>
    public ReadOnlySpan<int> Changed => changed.Span;

    /// <summary>The slot that a changed row had before the step, or <see cref="None"/>.</summary>
    public int Before(int row) => before[row];

    /// <summary>The slot that a changed row has now, or <see cref="None"/>.</summary>
    public int Now(int row) => slotOfRow[row];

    /// <summary>Puts rows in, or takes them out, of an input whose rows change.</summary>
    public void Change(in DeltaBatch delta, ReadOnlySpan<int> rowKeys)
    {
        var count = delta.RowCount;
        rowNumbers = rowNumbers.Length < count ? new int[Math.Max(count, Batch.VectorRows)] : rowNumbers;
        Identify(delta.Rows, 0, count, rowNumbers);
        var start = Store(delta.Rows, rowKeys);
        removed.SetCount(start + count);
        removed.Span[start..].Clear();
        for (var i = 0; i < count; i++)
        {
            var (slot, row) = (start + i, rowNumbers[i]);
            var old = slotOfRow[row];
            if (before[row] == Unchanged)
            {
                before[row] = old;
                changed.Add(row);
            }

            if (old >= 0)
            {
                Remove(old);
            }

            slotOfRow[row] = None;
            if (delta.IsDelete(i))
            {
                keys[slot] = Dead;
                removed[slot] = 1;
                continue;
            }

            slotOfRow[row] = slot;
            linkedKeyed++;
            if (keys[slot] >= 0)
            {
                Link(slot, keys[slot]);
            }
        }
    }

    /// <summary>Ends the step: forgets what was taken out, and drops old rows where there are too many.</summary>
    public void EndStep()
    {
        if (shape.IsKeyed)
        {
            foreach (var row in changed.Span)
            {
                if (before[row] is >= 0 and var old)
                {
                    Kill(old);
                }

                before[row] = Unchanged;
            }

            changed.SetCount(0);
        }

        var keyOf = keys.Span;
        var time = times.Span;
        var oldest = newestOld.Span;
        for (var slot = FirstNew; slot < keyOf.Length; slot++)
        {
            if (keyOf[slot] >= 0)
            {
                ref var last = ref oldest[keyOf[slot]];
                last = Math.Max(last, time[slot]);
            }
        }

        FirstNew = Count;
        if (shape.IsKeyed)
        {
            if (Count > (2 * linkedKeyed) + SlackRows)
            {
                Compact(keepsAll: true);
            }
        }
        else if (Count > (2 * shape.BoundRows) + (shape.KeepsNewest ? 2 * newest.Count : 0) + SlackRows)
        {
            Compact(keepsAll: false);
        }
    }

    private void Remove(int slot)
    {
        removed[slot] = 1;
        linkedKeyed--;
        // What came within the step was never seen by anybody.
        if (slot >= FirstNew)
        {
            Kill(slot);
        }
    }

    private void Kill(int slot)
    {
        if (keys[slot] >= 0)
        {
            Unlink(slot, keys[slot]);
        }

        keys[slot] = Dead;
    }

    private KeyTable MakeIdentity() =>
        KeyTable.Create(
            [.. shape.KeyColumns.Select(c => new KeyType(shape.Schema[c].Type, shape.Schema[c].Nullable))],
            pool
        );

    private void Identify(Batch batch, int start, int count, Span<int> numbers)
    {
        if (shape.KeyColumns.Count == 0)
        {
            // A single row, such as a total without groups.
            numbers[..count].Clear();
        }
        else
        {
            var columns = new ColumnVector[shape.KeyColumns.Count];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = ColumnVector.CreateView(batch[shape.KeyColumns[i]].Type);
                columns[i].Borrow(batch[shape.KeyColumns[i]], start, count);
            }

            identity!.Assign(columns, count, numbers);
        }

        slotOfRow.Extend(Math.Max(identity!.Count, 1), None);
        before.Extend(Math.Max(identity.Count, 1), Unchanged);
    }

    // Numbers rows anew, so that those that are gone cost nothing.
    private void IdentifyAll()
    {
        identity!.Dispose();
        identity = MakeIdentity();
        slotOfRow.SetCount(0);
        before.SetCount(0);
        rowNumbers = rowNumbers.Length < Batch.VectorRows ? new int[Batch.VectorRows] : rowNumbers;
        for (var start = 0; start < Count; start += Batch.VectorRows)
        {
            var count = Math.Min(Batch.VectorRows, Count - start);
            Identify(rows, start, count, rowNumbers);
            for (var i = 0; i < count; i++)
            {
                slotOfRow[rowNumbers[i]] = start + i;
            }
        }

        linkedKeyed = Count;
    }
}
