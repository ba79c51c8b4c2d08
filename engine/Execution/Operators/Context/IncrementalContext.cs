using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of CONTEXT BY: a state for each key, which takes the rows of a step in the order of (event time, sequence).
/// A row that comes before the newest one of its key has rows of its key read back: those that its value depends on and that depend on it
/// where every function reaches back a bounded number of rows or span of time, or else those from the nearest snapshot before it to the
/// next reset. The same program runs over them as they are and as they were, and what differs is handed on.
/// </summary>
internal sealed class IncrementalContext : IncrementalOperator
{
    private readonly ContextNode node;
    private readonly ContextSlots slots;
    private readonly ContextProgram program;
    private readonly ContextStep pending;
    private readonly ContextSnapshots snapshots;
    private readonly ContextTail tail;
    private readonly ContextCorrections corrections;
    private readonly Batch images;
    private readonly Batch clean;
    private int[] rowsOfChunk = new int[Batch.VectorRows];
    private OldRow[] oldRows = [];
    private int[] lastOfSlot = [];
    private int[] slotsOfChunk = new int[Batch.VectorRows];
    private DeltaCause[] causes = new DeltaCause[Batch.VectorRows];
    private long[] usedIn = [];
    private readonly List<int> due = [];
    private readonly bool hasSequence;
    private long chunkNumber;
    private long lastSequence;

    public IncrementalContext(ContextNode node, IncrementalOperator input, CircuitContext context)
        : base(node, input.KeyColumns)
    {
        if (!input.IsAppendOnly && !input.CarriesOld)
        {
            Throw.Error(ErrorCode.Internal, "A context over rows that change needs to be told what they were");
        }

        this.node = node;
        hasSequence = node.Sequence is not null;
        slots = new ContextSlots(node, context.Evaluation);
        program = new ContextProgram(node, context.Evaluation);
        pending = new ContextStep(input.Schema, context.Pool);
        var reach = new ContextReach(node);
        snapshots = new ContextSnapshots(reach, program, context);
        tail = new ContextTail(node, !input.IsAppendOnly, slots, program, snapshots, context);
        corrections = new ContextCorrections(node, input, slots, program, reach, snapshots, tail, context);
        images = Batch.Allocate(input.Schema, 64, context.Pool);
        clean = Batch.Allocate(input.Schema, Batch.VectorRows, context.Pool);
        CarriesOld = true;
        EmitsKeysOnce = true;
    }

    /// <summary>How many times rows of a key were read back.</summary>
    public long Recomputed => corrections.Count;

    /// <summary>What keys had seen at places of their past.</summary>
    internal ContextSnapshots Snapshots => snapshots;

    /// <inheritdoc/>
    public override string StateBound =>
        $"{(node.Keys.Count == 0 ? "one state" : $"a state for each key ({string.Join(", ", node.Keys)})")}, with the rows of its windows"
        + (
            snapshots.AreKept
                ? ", and O(log rows) snapshots of it, from which a late row is computed on, in a quarter of the memory at most"
                : string.Empty
        )
        + (tail.IsKept ? "; a second one from before the newest row, which may change where it is" : string.Empty);

    public override void Push(int input, in DeltaBatch delta)
    {
        if (delta.Ops.IsEmpty && delta.Old is null)
        {
            pending.Add(delta);
            return;
        }

        TakeChanges(delta);
    }

    public override void Flush(CircuitStep step)
    {
        if (pending.RowCount > 0)
        {
            var rows = pending.InOrder(slots);
            var places = slots.Assign(rows);
            EnsureSlots();
            var order = slots.OrderOf(rows);
            YieldWhereLate(rows.RowCount, places, order);
            EmitTouched();
            Take(rows, places, order, keepLast: tail.IsKept);
            pending.Clear();
        }

        EmitTouched();
        if (corrections.IsNeeded)
        {
            EnsureSlots();
            Emit(corrections.Run(lastSequence, step.Sequence));
        }

        lastSequence = step.Sequence;
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(lastSequence);
        slots.Save(writer);
        program.Save(writer);
        snapshots.Save(writer);
        tail.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        lastSequence = reader.Read<long>();
        slots.Load(reader);
        program.Load(reader);
        snapshots.Load(reader, slots.Count);
        tail.Load(reader, slots.Count);
    }

    public override void Dispose()
    {
        slots.Dispose();
        program.Dispose();
        snapshots.Dispose();
        tail.Dispose();
        images.Dispose();
        pending.Dispose();
        corrections.Dispose();
        clean.Dispose();
        base.Dispose();
    }

    private void EnsureSlots()
    {
        program.EnsureSlots(slots.Count);
        corrections.EnsureSlots(slots.Count);
        snapshots.EnsureSlots(slots.Count);
        tail.EnsureSlots(slots.Count);
        if (usedIn.Length < slots.Count)
        {
            Array.Resize(ref usedIn, Math.Max(slots.Count, usedIn.Length * 2));
        }
    }

    // Upserts of rows that were not there before are like new rows of a source. A key's newest row that stays where it is is computed
    // again by itself; of others the partitions are.
    private void TakeChanges(in DeltaBatch delta)
    {
        var changed = TakeOld(delta);
        var upserts = 0;
        rowsOfChunk = rowsOfChunk.Length < delta.RowCount ? new int[delta.RowCount] : rowsOfChunk;
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (!delta.IsDelete(row))
            {
                rowsOfChunk[upserts++] = row;
            }
        }

        clean.Clear();
        clean.AppendGather(delta.Rows, rowsOfChunk.AsSpan(0, upserts));
        var places = slots.Assign(clean);
        EnsureSlots();
        var order = slots.OrderOf(clean);
        var image = 0;
        for (var i = 0; i < upserts; i++)
        {
            var row = rowsOfChunk[i];
            if (delta.Old is null || delta.HasOld[row] == 0)
            {
                pending.Add(clean, i, delta.CauseOf(row));
                continue;
            }

            while (oldRows[image].Row != row)
            {
                image++;
            }

            ref var was = ref oldRows[image];
            var (slot, place) = (places[i], order.PlaceOf(i));
            was.IsTouched =
                tail.IsKept
                && was.Slot == slot
                && was.Place == place
                && !corrections.HasMark(slot)
                && tail.TryTouch(slot, place, images, image, clean, i, delta.CauseOf(row));
            if (!was.IsTouched)
            {
                Mark(slot, place);
            }
        }

        foreach (ref readonly var was in oldRows.AsSpan(0, changed))
        {
            if (!was.IsTouched)
            {
                Mark(was.Slot, was.Place);
            }
        }
    }

    // Rows that were not there before hold NULL in the old batch, which a key need not take.
    private int TakeOld(in DeltaBatch delta)
    {
        images.Clear();
        if (delta.Old is not { } old)
        {
            return 0;
        }

        rowsOfChunk = rowsOfChunk.Length < delta.RowCount ? new int[delta.RowCount] : rowsOfChunk;
        var count = 0;
        for (var row = 0; row < delta.RowCount; row++)
        {
            if (delta.HasOld[row] != 0)
            {
                rowsOfChunk[count++] = row;
            }
        }

        oldRows = oldRows.Length < count ? new OldRow[count] : oldRows;
        images.AppendGather(old, rowsOfChunk.AsSpan(0, count));
        var places = slots.Assign(images);
        var order = slots.OrderOf(images);
        for (var i = 0; i < count; i++)
        {
            oldRows[i] = new OldRow(rowsOfChunk[i], places[i], order.PlaceOf(i));
        }

        return count;
    }

    private void Mark(int slot, RowPlace place)
    {
        if (tail.IsTouched(slot))
        {
            tail.Yield(slot, corrections);
        }

        corrections.Mark(slot, place.Span, place.Time, place.Sequence, DeltaCause.Update);
    }

    // A late row of a key whose newest row has changed: both are computed together.
    private void YieldWhereLate(int rowCount, ReadOnlySpan<int> places, in RowOrder order)
    {
        for (var row = 0; row < rowCount && tail.Count > 0; row++)
        {
            var slot = places[row];
            if (tail.IsTouched(slot) && order.IsLate(row, slots.Rows[slot]))
            {
                tail.Yield(slot, corrections);
            }
        }
    }

    private void EmitTouched()
    {
        if (tail.Count == 0)
        {
            return;
        }

        for (var at = 0; at < tail.Count; )
        {
            Emit(tail.Compute(at, out at));
        }

        tail.Clear();
    }

    // Rows in order go through the program, up to a batch at a time; the others wait for what is read back. Where a key's newest row may
    // change, it goes last, and what the key had seen before it is kept.
    private void Take(Batch rows, ReadOnlySpan<int> places, in RowOrder order, bool keepLast)
    {
        if (!keepLast)
        {
            Take(rows, places, order, default, isLast: false);
            return;
        }

        lastOfSlot = lastOfSlot.Length < slots.Count ? new int[usedIn.Length] : lastOfSlot;
        for (var row = 0; row < rows.RowCount; row++)
        {
            lastOfSlot[places[row]] = row;
        }

        Take(rows, places, order, lastOfSlot, isLast: false);
        Take(rows, places, order, lastOfSlot, isLast: true);
    }

    private void Take(Batch rows, ReadOnlySpan<int> places, in RowOrder order, ReadOnlySpan<int> lastRows, bool isLast)
    {
        var newest = slots.Rows;
        var count = 0;
        var first = 0;
        chunkNumber++;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var slot = places[row];
            if (!lastRows.IsEmpty && (lastRows[slot] == row) != isLast)
            {
                continue;
            }

            var span = order.SpanOf(row);
            if (order.IsLate(row, newest[slot]) || corrections.IsMarked(slot, span))
            {
                corrections.Mark(slot, span, order.Times[row], order.SequenceOf(row), DeltaCause.LateCorrection);
                continue;
            }

            ref var last = ref newest[slot];
            var isReset = last.IsSeen != 0 && last.Span != span;
            if (count == Batch.VectorRows || (isReset && usedIn[slot] == chunkNumber))
            {
                Run(rows, first, count);
                count = 0;
                chunkNumber++;
            }

            var isTied = last.IsTied(order.Times[row], hasSequence);
            Begin(slot, ref last, isReset, order.PlaceOf(row));
            if (isLast && !isTied)
            {
                tail.Keep(slot);
            }
            else if (isLast)
            {
                tail.Forget(slot);
            }

            usedIn[slot] = chunkNumber;
            first = count == 0 ? row : first;
            rowsOfChunk[count] = row;
            slotsOfChunk[count] = slot;
            count++;
        }

        Run(rows, first, count);
    }

    // Makes a row the newest of its key, before it goes through the program.
    private void Begin(int slot, ref Newest last, bool isReset, in RowPlace place)
    {
        if (isReset)
        {
            program.Reset(slot);
        }

        if (isReset || last.IsSeen == 0)
        {
            last.Oldest = place.Time;
            last.Count = 0;
            if (snapshots.AreKept && node.Reset is not null)
            {
                snapshots.BeginSpan(slot, place.Span, last.Oldest, last.Total);
            }
        }
        else if (snapshots.AreKept && last.IsTied(place.Time, hasSequence))
        {
            snapshots.DropFrom(slot, place.Span, last.Time, 0);
        }

        if (last.Due == 0 && snapshots.AreKept)
        {
            last.Due = last.Total + snapshots.StrideOf(slot);
        }

        last.Total++;
        if (last.Total == last.Due)
        {
            due.Add(slot);
        }

        last.Count++;
        last.Time = place.Time;
        last.Sequence = place.Sequence;
        last.Span = place.Span;
        last.IsSeen = 1;
    }

    private void Run(Batch rows, int first, int count)
    {
        if (count == 0)
        {
            return;
        }

        var input = rows;
        if (first > 0 || count < rows.RowCount)
        {
            clean.Clear();
            if (rowsOfChunk[count - 1] - first == count - 1)
            {
                clean.AppendRange(rows, first, count);
            }
            else
            {
                clean.AppendGather(rows, rowsOfChunk.AsSpan(0, count));
            }

            input = clean;
        }

        var computed = program.Run(input, slotsOfChunk.AsSpan(0, count));
        foreach (var slot in due)
        {
            snapshots.Take(slot, ref slots.Rows[slot]);
        }

        due.Clear();
        Emit(new DeltaBatch(computed) { Causes = pending.HasCauses ? CausesOf(count) : default });
    }

    private ReadOnlySpan<DeltaCause> CausesOf(int count)
    {
        for (var i = 0; i < count; i++)
        {
            causes[i] = pending.CauseOf(rowsOfChunk[i]);
        }

        return causes.AsSpan(0, count);
    }

    // A row as it was, where a delta says so.
    private struct OldRow(int row, int slot, RowPlace place)
    {
        public readonly int Row => row;

        public readonly int Slot => slot;

        public readonly RowPlace Place => place;

        public bool IsTouched;
    }
}
