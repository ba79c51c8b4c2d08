using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What is dropped where there are too many rows. Every loop goes once over the rows, in the order of slots.</summary>
internal sealed partial class JoinSide
{
    /// <summary>Moves the rows that are kept together, and raises floors over those that are not.</summary>
    /// <param name="keepsAll">True to drop only slots that hold no row of a list.</param>
    public void Compact(bool keepsAll)
    {
        if (!keepsAll)
        {
            RaiseFloors(Count - shape.BoundRows);
            HasFloors = true;
        }

        var keptSlots = scratch.Kept(Count);
        var moved = scratch.Moved(Count);
        var count = NumberKept(moved, keptSlots);
        keptSlots = keptSlots[..count];
        Relink(keptSlots, moved);
        MoveRows(keptSlots);
        times.SetCount(count);
        keys.SetCount(count);
        previous.SetCount(count);
        next.SetCount(count);
        FirstNew = count;
        if (shape.IsKeyed)
        {
            removed.SetCount(count);
            removed.Span.Clear();
            IdentifyAll();
        }
    }

    private void RaiseFloors(int firstKept)
    {
        var keyOf = keys.Span;
        var time = times.Span;
        var floor = floors.Span;
        var last = newest.Span;
        var lastTime = newestOld.Span;
        for (var slot = 0; slot < firstKept; slot++)
        {
            var key = keyOf[slot];
            if (key < 0)
            {
                continue;
            }

            // The newest row of a key stays, so the floor stays below it, also where rows of the same time go.
            var isNewest = shape.KeepsNewest && time[slot] == lastTime[key];
            if (isNewest && (slot == last[key] || shape.KeepsTies))
            {
                continue;
            }

            floor[key] = Math.Max(floor[key], isNewest ? time[slot] - 1 : time[slot]);
            keyOf[slot] = isNewest ? -2 - key : key;
        }
    }

    // Gives each slot its new number, or None, and lists those that stay.
    private int NumberKept(Span<int> map, Span<int> keptSlots)
    {
        var keyOf = keys.Span;
        var time = times.Span;
        var floor = floors.Span;
        var count = 0;
        for (var slot = 0; slot < keyOf.Length; slot++)
        {
            var key = keyOf[slot];
            var isKept =
                key >= 0
                    ? time[slot] > floor[key] || floor[key] == long.MinValue
                    : shape.IsKeyed && key == Unmatchable && removed[slot] == 0;
            map[slot] = isKept ? count : None;
            keptSlots[count] = slot;
            count += isKept ? 1 : 0;
        }

        return count;
    }

    // Links what stays under its new numbers. A list is in the order of time, so that what a floor drops is its beginning; only rows level
    // with the newest one go from its midst, and say so by their keys.
    private void Relink(ReadOnlySpan<int> keptSlots, ReadOnlySpan<int> map)
    {
        var belowNew = scratch.Below(keptSlots.Length);
        var aboveNew = scratch.Above(keptSlots.Length);
        var keyOf = keys.Span;
        var time = times.Span;
        var earlier = previous.Span;
        var later = next.Span;
        var first = oldest.Span;
        first.Fill(long.MaxValue);
        for (var i = 0; i < keptSlots.Length; i++)
        {
            var slot = keptSlots[i];
            belowNew[i] = NewNumber(earlier[slot], earlier, keyOf, map);
            var up = later[slot];
            while (up >= 0 && map[up] < 0)
            {
                up = later[up];
            }

            aboveNew[i] = up >= 0 ? map[up] : None;
            if (belowNew[i] < 0 && keyOf[slot] >= 0)
            {
                first[keyOf[slot]] = time[slot];
            }
        }

        var last = newest.Span;
        for (var key = 0; key < last.Length; key++)
        {
            last[key] = NewNumber(last[key], earlier, keyOf, map);
        }

        cursors.Span.Fill(None);
        for (var i = 0; i < keptSlots.Length; i++)
        {
            time[i] = time[keptSlots[i]];
            keyOf[i] = keyOf[keptSlots[i]];
        }

        belowNew.CopyTo(earlier);
        aboveNew.CopyTo(later);
    }

    // Rows only move up, so that they do so in place; those with texts are copied to and fro.
    private void MoveRows(ReadOnlySpan<int> keptSlots)
    {
        if (!isMovable)
        {
            spare ??= Batch.Allocate(shape.Schema, Math.Max(keptSlots.Length, 64), pool);
            spare.AppendGather(rows, keptSlots);
            (rows, spare) = (spare, rows);
            spare.Clear();
            return;
        }

        for (var i = 0; i < rows.ColumnCount; i++)
        {
            var column = rows[i];
            for (var level = 0; level < column.Type.LevelCount; level++)
            {
                switch (column.Type.ElementBytes)
                {
                    case 1:
                        MoveUp(column.Writable<byte>(level), keptSlots);
                        break;
                    case 2:
                        MoveUp(column.Writable<short>(level), keptSlots);
                        break;
                    case 4:
                        MoveUp(column.Writable<int>(level), keptSlots);
                        break;
                    case 8:
                        MoveUp(column.Writable<long>(level), keptSlots);
                        break;
                    default:
                        MoveUp(column.Writable<Int128>(level), keptSlots);
                        break;
                }
            }

            if (column.MayHaveNulls)
            {
                MoveUp(column.WritableValidity(), keptSlots);
            }

            column.SetRowCount(keptSlots.Length);
        }

        rows.SetRowCount(keptSlots.Length);
    }

    private static void MoveUp<T>(Span<T> values, ReadOnlySpan<int> keptSlots)
    {
        for (var i = 0; i < keptSlots.Length; i++)
        {
            values[i] = values[keptSlots[i]];
        }
    }

    // The new number of a row, or of the next one before it that stays.
    private static int NewNumber(int slot, ReadOnlySpan<int> earlier, ReadOnlySpan<int> keyOf, ReadOnlySpan<int> map)
    {
        while (slot >= 0 && map[slot] < 0)
        {
            slot = keyOf[slot] >= 0 ? None : earlier[slot];
        }

        return slot >= 0 ? map[slot] : None;
    }
}
