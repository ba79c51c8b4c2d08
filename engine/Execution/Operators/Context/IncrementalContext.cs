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
    private readonly ContextCorrections corrections;
    private readonly Batch clean;
    private int[] rowsOfChunk = new int[Batch.VectorRows];
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
        corrections = new ContextCorrections(node, input, slots, program, reach, snapshots, context);
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
        );

    public override void Push(int input, in DeltaBatch delta)
    {
        if (delta.Ops.IsEmpty && delta.Old is null)
        {
            pending.Add(delta);
            return;
        }

        MarkOld(delta);
        MarkChanged(delta);
    }

    public override void Flush(CircuitStep step)
    {
        if (pending.RowCount > 0)
        {
            var rows = pending.InOrder(slots);
            var places = slots.Assign(rows);
            program.EnsureSlots(slots.Count);
            corrections.EnsureSlots(slots.Count);
            snapshots.EnsureSlots(slots.Count);
            if (usedIn.Length < slots.Count)
            {
                Array.Resize(ref usedIn, Math.Max(slots.Count, usedIn.Length * 2));
            }

            Take(rows, places, slots.OrderOf(rows));
            pending.Clear();
        }

        if (corrections.IsNeeded)
        {
            program.EnsureSlots(slots.Count);
            snapshots.EnsureSlots(slots.Count);
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
    }

    public override void Load(StateReader reader)
    {
        lastSequence = reader.Read<long>();
        slots.Load(reader);
        program.Load(reader);
        snapshots.Load(reader, slots.Count);
    }

    public override void Dispose()
    {
        slots.Dispose();
        program.Dispose();
        snapshots.Dispose();
        pending.Dispose();
        corrections.Dispose();
        clean.Dispose();
        base.Dispose();
    }

    // Rows that were not there before hold NULL in the old batch, which a key need not take.
    private void MarkOld(in DeltaBatch delta)
    {
        if (delta.Old is not { } old)
        {
            return;
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

        clean.Clear();
        clean.AppendGather(old, rowsOfChunk.AsSpan(0, count));
        var places = slots.Assign(clean);
        var order = slots.OrderOf(clean);
        for (var i = 0; i < count; i++)
        {
            corrections.Mark(places[i], order.SpanOf(i), order.Times[i], order.SequenceOf(i), DeltaCause.Update);
        }
    }

    // Upserts of rows that were not there before are like new rows of a source; others need their partitions computed anew.
    private void MarkChanged(in DeltaBatch delta)
    {
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
        var order = slots.OrderOf(clean);
        for (var i = 0; i < upserts; i++)
        {
            var row = rowsOfChunk[i];
            if (delta.Old is not null && delta.HasOld[row] != 0)
            {
                corrections.Mark(places[i], order.SpanOf(i), order.Times[i], order.SequenceOf(i), DeltaCause.Update);
            }
            else
            {
                pending.Add(clean, i, delta.CauseOf(row));
            }
        }
    }

    // Rows in order go through the program, up to a batch at a time; the others wait for what is read back.
    private void Take(Batch rows, ReadOnlySpan<int> places, in RowOrder order)
    {
        var newest = slots.Rows;
        var count = 0;
        var first = 0;
        chunkNumber++;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var slot = places[row];
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

            if (isReset)
            {
                program.Reset(slot);
            }

            if (isReset || last.IsSeen == 0)
            {
                last.Oldest = order.Times[row];
                last.Count = 0;
                if (snapshots.AreKept && node.Reset is not null)
                {
                    snapshots.BeginSpan(slot, span, last.Oldest, last.Total);
                }
            }
            else if (last.IsTied(order.Times[row], hasSequence) && snapshots.AreKept)
            {
                snapshots.DropFrom(slot, span, last.Time, 0);
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
            last.Time = order.Times[row];
            last.Sequence = order.SequenceOf(row);
            last.Span = span;
            last.IsSeen = 1;
            usedIn[slot] = chunkNumber;
            first = count == 0 ? row : first;
            rowsOfChunk[count] = row;
            slotsOfChunk[count] = slot;
            count++;
        }

        Run(rows, first, count);
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
}
