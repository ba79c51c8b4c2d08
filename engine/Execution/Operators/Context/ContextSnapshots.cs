using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What each key had seen at a few places of its past, so that a row that comes late, or changes, costs what comes behind it and not all
/// of the key's rows: for functions whose reach is not bounded. Places are a stride of rows apart near the newest row, and sparser the
/// farther they lie back: from any place on, the nearest snapshot before it has at most <see cref="Sparsity"/> times as many rows behind
/// it, and a stride or two. That is O(log rows) snapshots a key, made by the way, and all of them together never take more than a quarter
/// of the budget: they grow sparser then.
/// </summary>
internal sealed class ContextSnapshots : IDisposable
{
    private const int StrideMin = 4;
    private const int StrideMax = 256;
    private const int BytesPerRow = 32;
    private const int SparsityMax = 1 << 10;

    private readonly ContextProgram program;
    private readonly GroupArray<Snapshot> entries;
    private readonly GroupArray<int> newestOfSlot;
    private readonly StateHeap heap;
    private int stride;
    private int freeEntry = -1;

    public ContextSnapshots(ContextReach reach, ContextProgram program, CircuitContext context)
    {
        this.program = program;
        entries = new GroupArray<Snapshot>(context.Pool);
        newestOfSlot = new GroupArray<int>(context.Pool);
        heap = new StateHeap(context.Pool);
        LimitBytes = context.Pool.Budget.LimitBytes / 4;
        stride = Math.Clamp(context.RowsKeptMax >> 12, StrideMin, StrideMax);
        AreKept = reach.Total.IsUnbounded;
    }

    /// <summary>False where every function's reach is bounded: then rows within reach are read, and no snapshot is needed.</summary>
    public bool AreKept { get; }

    /// <summary>How many snapshots there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many times the rows behind a place may lie behind the snapshot that serves it.</summary>
    public int Sparsity { get; private set; } = 4;

    /// <summary>How many bytes the states may take; a quarter of the budget.</summary>
    public long LimitBytes { get; set; }

    /// <summary>Makes sure that slots can be asked for.</summary>
    public void EnsureSlots(int count)
    {
        if (AreKept)
        {
            newestOfSlot.EnsureCount(count);
        }
    }

    /// <summary>How many rows lie between two snapshots at least: few enough to be passed over, and enough to pay for a copy.</summary>
    public int StrideOf(int slot) => Math.Max(stride, program.SlotBytes(slot) / BytesPerRow);

    /// <summary>Notes what a key has seen, at its newest row.</summary>
    public void Take(int slot, ref Newest at)
    {
        var rows = StrideOf(slot);
        at.Due = at.Total + rows;
        Put(slot, program, slot, new Snapshot(at.Time, at.Sequence, at.Span, at.Total), rows);
        Thin(slot, at.Total, rows);
    }

    /// <summary>Notes what a key had seen at a row of its past, from the program and the slot that have just passed it.</summary>
    public void Take(int slot, ContextProgram runner, int runnerSlot, in Snapshot at, long total)
    {
        var rows = StrideOf(slot);
        Put(slot, runner, runnerSlot, at, rows);
        Thin(slot, Math.Max(total, at.Total), rows);
    }

    /// <summary>Notes where a span between two resets begins: no row of it is older than the time.</summary>
    public void BeginSpan(int slot, long span, long time, long total)
    {
        for (var at = newestOfSlot.Values[slot] - 1; at >= 0 && entries.Values[at].Span >= span; at = Older(at))
        {
            ref var known = ref entries.Values[at];
            if (known.Span == span && known.IsBeginning)
            {
                known.Time = time;
                return;
            }
        }

        Insert(slot, new Snapshot(time, long.MinValue, span, total));
    }

    /// <summary>From where on a key's rows have to be read when those at and behind a place change.</summary>
    public Restart Find(int slot, long span, long time, long sequence)
    {
        var to = long.MaxValue;
        for (var at = AreKept ? newestOfSlot.Values[slot] - 1 : -1; at >= 0; at = Older(at))
        {
            ref readonly var entry = ref entries.Values[at];
            if (entry.Span > span)
            {
                to = entry.Time;
            }
            else if (entry.Span < span)
            {
                return new Restart(entry.Time, to, entry.Total, default);
            }
            else if (entry.IsBeginning)
            {
                return new Restart(Math.Min(entry.Time, time), to, entry.Total, default);
            }
            else if (entry.IsBefore(time, sequence))
            {
                return new Restart(entry.Time, to, entry.Total, entry);
            }
        }

        return new Restart(long.MinValue, to, 0, default);
    }

    /// <summary>The state of a restart that has one.</summary>
    public ReadOnlySpan<byte> StateOf(in Restart restart) => heap.BytesOf(restart.From.Piece);

    /// <summary>Forgets what was seen at a place and behind it, up to the next reset.</summary>
    public void DropFrom(int slot, long span, long time, long sequence)
    {
        var newer = -1;
        for (var at = newestOfSlot.Values[slot] - 1; at >= 0 && entries.Values[at].Span >= span; )
        {
            ref readonly var entry = ref entries.Values[at];
            var older = Older(at);
            if (entry.Span == span && !entry.IsBeginning && !entry.IsBefore(time, sequence))
            {
                Remove(slot, newer, at);
            }
            else
            {
                newer = at;
            }

            at = older;
        }
    }

    /// <summary>Writes all snapshots.</summary>
    public void Save(StateWriter writer)
    {
        if (!AreKept)
        {
            return;
        }

        writer.Write(stride);
        writer.Write(Sparsity);
        for (var slot = 0; slot < newestOfSlot.Count; slot++)
        {
            for (var at = newestOfSlot.Values[slot] - 1; at >= 0; at = Older(at))
            {
                ref readonly var entry = ref entries.Values[at];
                writer.Write(true);
                writer.Write(new Snapshot(entry.Time, entry.Sequence, entry.Span, entry.Total));
                writer.WriteSpan<byte>(entry.IsBeginning ? default : heap.BytesOf(entry.Piece));
            }

            writer.Write(false);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, for as many slots, into an object without snapshots.</summary>
    public void Load(StateReader reader, int slotCount)
    {
        if (!AreKept)
        {
            return;
        }

        EnsureSlots(slotCount);
        stride = reader.Read<int>();
        Sparsity = reader.Read<int>();
        for (var slot = 0; slot < slotCount; slot++)
        {
            while (reader.Read<bool>())
            {
                var entry = reader.Read<Snapshot>();
                var saved = reader.ReadSpan<byte>();
                if (!saved.IsEmpty)
                {
                    entry.Piece = heap.Take(saved.Length);
                    saved.CopyTo(heap.BytesOf(entry.Piece));
                }

                Insert(slot, entry);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        entries.Dispose();
        newestOfSlot.Dispose();
        heap.Dispose();
    }

    private int Older(int at) => entries.Values[at].Older - 1;

    private void Put(int slot, ContextProgram runner, int runnerSlot, Snapshot at, int rows)
    {
        var bytes = runner.SlotBytes(runnerSlot);
        while (heap.UsedBytes + bytes > LimitBytes)
        {
            if (Sparsity >= SparsityMax)
            {
                return;
            }

            Sparsity *= 2;
            stride *= 2;
            for (var each = 0; each < newestOfSlot.Count; each++)
            {
                var newest = newestOfSlot.Values[each] - 1;
                Thin(each, newest < 0 ? 0 : entries.Values[newest].Total, rows);
            }
        }

        at.Piece = heap.Take(bytes);
        runner.CopyOut(runnerSlot, heap.BytesOf(at.Piece));
        Insert(slot, at);
    }

    // Entries of a slot lie in the order of their rows, newest first.
    private void Insert(int slot, Snapshot entry)
    {
        var newer = -1;
        var older = newestOfSlot.Values[slot] - 1;
        while (older >= 0 && entry.IsOlderThan(entries.Values[older]))
        {
            newer = older;
            older = Older(older);
        }

        if (freeEntry < 0)
        {
            entries.EnsureCount(entries.Count + 1);
            freeEntry = entries.Count - 1;
            entries.Values[freeEntry].Older = 0;
        }

        var at = freeEntry;
        freeEntry = Older(at);
        entry.Older = older + 1;
        entries.Values[at] = entry;
        Link(slot, newer, at);
        Count++;
    }

    private void Remove(int slot, int newer, int at)
    {
        Link(slot, newer, Older(at));
        ref var entry = ref entries.Values[at];
        if (!entry.IsBeginning)
        {
            heap.Free(entry.Piece);
        }

        entry = default;
        entry.Older = freeEntry + 1;
        freeEntry = at;
        Count--;
    }

    private void Link(int slot, int newer, int at)
    {
        if (newer < 0)
        {
            newestOfSlot.Values[slot] = at + 1;
        }
        else
        {
            entries.Values[newer].Older = at + 1;
        }
    }

    // Lets go of each entry without which the one before it serves the places behind it well enough.
    private void Thin(int slot, long total, int rows)
    {
        var newer = newestOfSlot.Values[slot] - 1;
        while (newer >= 0)
        {
            var middle = Older(newer);
            if (middle < 0)
            {
                return;
            }

            var older = Older(middle);
            var from = older < 0 ? 0 : entries.Values[older].Total;
            if (total - from <= ((total - entries.Values[newer].Total) * Sparsity) + rows)
            {
                Remove(slot, newer, middle);
            }
            else
            {
                newer = middle;
            }
        }
    }
}

/// <summary>A place in a key's past, right behind a row; or where a span between two resets begins, which has no state.</summary>
/// <param name="time">The row's event time.</param>
/// <param name="sequence">What orders rows of equal time.</param>
/// <param name="span">The span that the row lies in.</param>
/// <param name="total">How many rows the key had up to there, roughly.</param>
internal struct Snapshot(long time, long sequence, long span, long total)
{
    /// <summary>The row's event time.</summary>
    public long Time = time;

    /// <summary>What orders rows of equal time.</summary>
    public long Sequence = sequence;

    /// <summary>The span that the row lies in.</summary>
    public long Span = span;

    /// <summary>How many rows the key had up to there, roughly.</summary>
    public long Total = total;

    /// <summary>What had been seen.</summary>
    public StatePiece Piece;

    /// <summary>The next older snapshot of the slot, and 1; 0 for none.</summary>
    public int Older;

    /// <summary>True for one without a state.</summary>
    public readonly bool IsBeginning => Piece.LengthBytes == 0;

    /// <summary>True where a row of the span lies behind the place.</summary>
    public readonly bool IsBefore(long time, long sequence) => Time < time || (Time == time && Sequence < sequence);

    /// <summary>True where another place comes later.</summary>
    public readonly bool IsOlderThan(in Snapshot other) =>
        Span != other.Span ? Span < other.Span : IsBefore(other.Time, other.Sequence);
}

/// <summary>From where on rows have to be read.</summary>
/// <param name="Time">No row that is needed is older.</param>
/// <param name="To">No row of the span is newer.</param>
/// <param name="Total">How many rows of the key lie before, roughly.</param>
/// <param name="From">The snapshot to go on from; one without a state where the rows of the whole span are needed.</param>
internal readonly record struct Restart(long Time, long To, long Total, Snapshot From)
{
    /// <summary>True where there is a state to go on from.</summary>
    public bool HasState => !From.IsBeginning;
}
