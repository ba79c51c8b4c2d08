using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Rows of one input of a join of streams, columnar in one store, and for each key of the join a list of them by (time, row key), linked
/// both ways by slot number: rows that come in order are linked in a step each, others walk back from the newest. Of an input that only
/// appends the newest rows are kept; what was dropped is known by a floor for each key: every row of the key above its floor is here,
/// and none at or below it. Of an input whose rows change, all rows are kept.
/// </summary>
internal sealed partial class JoinSide : IDisposable
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    // What stands for a key in a slot that is in no list.
    private const int Unmatchable = -1;
    private const int Dead = int.MinValue;

    private readonly JoinSideShape shape;
    private readonly JoinScratch scratch;
    private readonly BlockPool pool;
    private readonly ISymbolTable symbols;
    private readonly PooledList<long> times;
    private readonly PooledList<int> previous;
    private readonly PooledList<int> next;
    private readonly PooledList<int> keys;
    private readonly PooledList<int> newest;
    private readonly PooledList<int> cursors;
    private readonly PooledList<long> floors;
    private readonly PooledList<long> newestOld;
    private readonly PooledList<long> oldest;
    private readonly bool isMovable;
    private readonly int[] tieColumns;
    private Batch rows;
    private Batch? spare;

    public JoinSide(JoinSideShape shape, JoinScratch scratch, ISymbolTable symbols, BlockPool pool)
    {
        this.scratch = scratch;
        tieColumns = [.. shape.KeyColumns];
        this.shape = shape;
        this.pool = pool;
        this.symbols = symbols;
        times = new PooledList<long>(pool);
        previous = new PooledList<int>(pool);
        next = new PooledList<int>(pool);
        keys = new PooledList<int>(pool);
        newest = new PooledList<int>(pool);
        cursors = new PooledList<int>(pool);
        floors = new PooledList<long>(pool);
        newestOld = new PooledList<long>(pool);
        oldest = new PooledList<long>(pool);
        removed = new PooledList<byte>(pool);
        changed = new PooledList<int>(pool);
        before = new PooledList<int>(pool);
        slotOfRow = new PooledList<int>(pool);
        rows = Batch.Allocate(shape.Schema, 64, pool);
        isMovable = shape.Schema.Columns.All(c =>
            c.Type.Kind != TypeKind.Varchar && c.Type.ElementBytes is 1 or 2 or 4 or 8 or 16
        );
        identity = shape.IsKeyed ? MakeIdentity() : null;
    }

    /// <summary>All rows, by slot.</summary>
    public Batch Rows => rows;

    /// <summary>Slots in use, also those of rows that are in no list.</summary>
    public int Count => rows.RowCount;

    /// <summary>The first slot of the running step: rows before it were there at the end of the last one.</summary>
    public int FirstNew { get; private set; }

    /// <summary>True where rows may change or go: then all are kept.</summary>
    public bool IsKeyed => shape.IsKeyed;

    /// <summary>True once rows have been dropped.</summary>
    public bool HasFloors { get; private set; }

    /// <summary>Makes room for keys of the join.</summary>
    public void EnsureKeys(int keyCount)
    {
        newest.Extend(keyCount, None);
        cursors.Extend(keyCount, None);
        floors.Extend(keyCount, long.MinValue);
        newestOld.Extend(keyCount, long.MinValue);
        oldest.Extend(keyCount, long.MaxValue);
    }

    /// <summary>Adds rows of an input that only appends.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="rowKeys">The key of each, or negative where it has none.</param>
    public void Append(Batch batch, ReadOnlySpan<int> rowKeys)
    {
        var start = Store(batch, rowKeys);
        var keyOf = keys.Span;
        var time = times.Span;
        var last = newest.Span;
        var floor = floors.Span;
        var below = previous.Span;
        var above = next.Span;
        var first = oldest.Span;
        for (var slot = start; slot < keyOf.Length; slot++)
        {
            var key = keyOf[slot];
            if (key < 0)
            {
                continue;
            }

            if (time[slot] <= floor[key] && floor[key] != long.MinValue)
            {
                keyOf[slot] = -2 - key;
                continue;
            }

            // In order, which is how nearly all rows come.
            var newestSlot = last[key];
            if (newestSlot >= 0 && time[newestSlot] >= time[slot])
            {
                Link(slot, key);
                continue;
            }

            below[slot] = newestSlot;
            last[key] = slot;
            if (newestSlot >= 0)
            {
                above[newestSlot] = slot;
            }
            else
            {
                first[key] = time[slot];
            }
        }
    }

    /// <summary>The key of a slot; negative for a row that matches nothing, or is in no list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int KeyOf(int slot) => keys[slot];

    /// <summary>The time of a slot whose key is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long TimeOf(int slot) => times[slot];

    /// <summary>For a row that came at or below the floor of its key: the key; else -1.</summary>
    public int KeyBelowFloor(int slot) => keys[slot] is var key && key <= -2 && key != Dead ? -2 - key : -1;

    /// <summary>True for a slot that holds no row any more.</summary>
    public bool IsDead(int slot) => keys[slot] == Dead;

    /// <summary>The greatest time of a row that was dropped; the least value where none was.</summary>
    public long FloorOf(int key) => floors[key];

    /// <summary>The greatest time that a row of an earlier step had; the least value for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long NewestOldTime(int key) => newestOld[key];

    /// <summary>The last row of a key, or <see cref="None"/>.</summary>
    public int Newest(int key) => newest[key];

    /// <summary>The row before one in its key's list, or <see cref="None"/>.</summary>
    public int Previous(int slot) => previous[slot];

    /// <summary>The row behind one in its key's list, or <see cref="None"/>.</summary>
    public int Next(int slot) => next[slot];

    /// <summary>True where the row is there before the step (<paramref name="ofOld"/>) or behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsVisible(int slot, bool ofOld) => ofOld ? slot < FirstNew : !shape.IsKeyed || removed[slot] == 0;

    /// <summary>
    /// The last row of a key at or before a time, or <see cref="None"/>. The search begins where the last one of the key
    /// ended, so that times that ascend make it a merge.
    /// </summary>
    public int Find(int key, long time, bool ofOld)
    {
        if (key >= newest.Count)
        {
            return None;
        }

        var at = FindAny(key, time);
        while (at >= 0 && !IsVisible(at, ofOld))
        {
            at = previous[at];
        }

        return at;
    }

    /// <summary>
    /// The last row at or before a time for each of some rows of another side, now: as <see cref="Find"/> does, for many at once.
    /// </summary>
    /// <param name="left">The other side.</param>
    /// <param name="slots">Its rows.</param>
    /// <param name="shape">Says which times count.</param>
    /// <param name="partners">Takes a slot of this side for each, or <see cref="None"/>.</param>
    public void FindAll(JoinSide left, ReadOnlySpan<int> slots, StreamJoinShape shape, Span<int> partners)
    {
        var leftKeys = left.keys.Span;
        var leftTimes = left.times.Span;
        var time = times.Span;
        var last = newest.Span;
        var earlier = previous.Span;
        var later = next.Span;
        var cursor = cursors.Span;
        for (var i = 0; i < slots.Length; i++)
        {
            var key = leftKeys[slots[i]];
            partners[i] = None;
            if ((uint)key >= (uint)last.Length)
            {
                continue;
            }

            var start = shape.Start(leftTimes[slots[i]]);
            var at = cursor[key] >= 0 ? cursor[key] : last[key];
            while (at >= 0 && time[at] > start)
            {
                at = earlier[at];
            }

            if (at < 0)
            {
                continue;
            }

            for (var above = later[at]; above >= 0 && time[above] <= start; above = later[at])
            {
                at = above;
            }

            cursor[key] = at;
            partners[i] = shape.IsLimited && time[at] < shape.PredecessorLimit(start) ? None : at;
        }
    }

    /// <summary>Keys of all slots.</summary>
    public ReadOnlySpan<int> Keys => keys.Span;

    /// <summary>Times of all slots.</summary>
    public ReadOnlySpan<long> Times => times.Span;

    /// <summary>For each key what <see cref="NewestOldTime"/> says.</summary>
    public ReadOnlySpan<long> NewestOldTimes => newestOld.Span;

    /// <summary>For each key what <see cref="FloorOf"/> says.</summary>
    public ReadOnlySpan<long> Floors => floors.Span;

    /// <summary>For each key the time of the first row in its list; the greatest value where there is none.</summary>
    public ReadOnlySpan<long> OldestTimes => oldest.Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        times.Dispose();
        previous.Dispose();
        next.Dispose();
        keys.Dispose();
        newest.Dispose();
        cursors.Dispose();
        floors.Dispose();
        newestOld.Dispose();
        oldest.Dispose();
        removed.Dispose();
        changed.Dispose();
        before.Dispose();
        slotOfRow.Dispose();
        identity?.Dispose();
        rows.Dispose();
        spare?.Dispose();
    }

    private int FindAny(int key, long time)
    {
        ref var cursor = ref cursors[key];
        var at = cursor >= 0 ? cursor : newest[key];
        if (at < 0)
        {
            return None;
        }

        var time0 = times.Span;
        if (time0[at] <= time)
        {
            var later = next.Span;
            for (var above = later[at]; above >= 0 && time0[above] <= time; above = later[at])
            {
                at = above;
            }
        }
        else
        {
            var earlier = previous.Span;
            var last = at;
            while (at >= 0 && time0[at] > time)
            {
                last = at;
                at = earlier[at];
            }

            if (at < 0)
            {
                cursor = last;
                return None;
            }
        }

        cursor = at;
        return at;
    }

    // Copies the rows behind those that are there, with their times and keys; links nothing.
    private int Store(Batch batch, ReadOnlySpan<int> rowKeys)
    {
        var (start, count) = (rows.RowCount, batch.RowCount);
        rows.AppendRange(batch, 0, count);
        times.SetCount(start + count);
        previous.SetCount(start + count);
        next.SetCount(start + count);
        keys.SetCount(start + count);
        previous.Span[start..].Fill(None);
        next.Span[start..].Fill(None);
        var column = batch[shape.TimeColumn];
        var stored = times.Span[start..];
        if (column.Type.Physical == PhysicalType.Int64)
        {
            column.Values<long>().CopyTo(stored);
        }
        else
        {
            var days = column.Values<int>();
            for (var i = 0; i < count; i++)
            {
                stored[i] = days[i];
            }
        }

        var keyOf = keys.Span[start..];
        rowKeys[..count].CopyTo(keyOf);
        for (var i = 0; column.MayHaveNulls && i < count; i++)
        {
            keyOf[i] = column.IsNull(i) ? Unmatchable : keyOf[i];
        }

        return start;
    }

    private void Link(int slot, int key)
    {
        ref var last = ref newest[key];
        var (below, above) = (last, None);
        while (below >= 0 && IsBehind(below, slot))
        {
            (above, below) = (below, previous[below]);
        }

        previous[slot] = below;
        next[slot] = above;
        if (below >= 0)
        {
            next[below] = slot;
        }
        else
        {
            oldest[key] = times[slot];
        }

        if (above >= 0)
        {
            previous[above] = slot;
        }
        else
        {
            last = slot;
        }
    }

    private void Unlink(int slot, int key)
    {
        var (below, above) = (previous[slot], next[slot]);
        if (below >= 0)
        {
            next[below] = above;
        }
        else
        {
            oldest[key] = above >= 0 ? times[above] : long.MaxValue;
        }

        if (above >= 0)
        {
            previous[above] = below;
        }
        else
        {
            newest[key] = below;
        }

        if (cursors[key] == slot)
        {
            cursors[key] = below >= 0 ? below : above;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBehind(int slot, int other)
    {
        var (time, otherTime) = (times[slot], times[other]);
        return time > otherTime || (time == otherTime && CompareTies(slot, other) > 0);
    }

    // Rows of one time are in the order of their key, as the batch form sorts them.
    private int CompareTies(int slot, int other)
    {
        foreach (var column in tieColumns)
        {
            var order = RowTies.Compare(rows[column], slot, other, symbols);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}

/// <summary>What a side of a join of streams is like.</summary>
/// <param name="Schema">Its columns.</param>
/// <param name="KeyColumns">Those that tell its rows apart, the sequence last where it only appends.</param>
/// <param name="TimeColumn">The column of time: a TIMESTAMP, BIGINT, DATE or INTEGER.</param>
/// <param name="IsKeyed">True where rows change or go.</param>
/// <param name="KeepsNewest">True to keep the last row of each key, however old.</param>
/// <param name="KeepsTies">With <paramref name="KeepsNewest"/>: true to keep all rows of the last time, not the very last only.</param>
/// <param name="BoundRows">Rows to keep of an input that only appends.</param>
internal sealed record JoinSideShape(
    BatchSchema Schema,
    IReadOnlyList<int> KeyColumns,
    int TimeColumn,
    bool IsKeyed,
    bool KeepsNewest,
    bool KeepsTies,
    int BoundRows
);
