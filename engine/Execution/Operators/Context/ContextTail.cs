using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What each key had seen before its newest row, for inputs whose rows change: so a newest row that changes where it is, as the last bar
/// does with every tick, is computed again from there, and nothing is read back. One copy of each key's state.
/// </summary>
internal sealed class ContextTail : IDisposable
{
    private readonly ContextSlots slots;
    private readonly ContextProgram program;
    private readonly ContextSnapshots snapshots;
    private readonly StateHeap heap;
    private readonly GroupArray<StatePiece> before;
    private readonly Batch oldImages;
    private readonly Batch newImages;
    private readonly Batch images;
    private readonly Batch oldResults;
    private readonly List<Touch> touches = [];
    private readonly int[] chosen = new int[Batch.VectorRows];
    private readonly int[] places = new int[Batch.VectorRows];
    private readonly DeltaCause[] causes = new DeltaCause[Batch.VectorRows];
    private readonly byte[] hadOld = new byte[Batch.VectorRows];
    private int[] touchOfSlot = [];

    public ContextTail(
        ContextNode node,
        bool isKept,
        ContextSlots slots,
        ContextProgram program,
        ContextSnapshots snapshots,
        CircuitContext context
    )
    {
        this.slots = slots;
        this.program = program;
        this.snapshots = snapshots;
        IsKept = isKept;
        heap = new StateHeap(context.Pool);
        before = new GroupArray<StatePiece>(context.Pool);
        oldImages = Batch.Allocate(node.Inputs[0].Schema, 64, context.Pool);
        newImages = Batch.Allocate(node.Inputs[0].Schema, 64, context.Pool);
        images = Batch.Allocate(node.Inputs[0].Schema, 64, context.Pool);
        oldResults = Batch.Allocate(node.Schema, 64, context.Pool);
        hadOld.AsSpan().Fill(1);
    }

    /// <summary>False for an input that only appends.</summary>
    public bool IsKept { get; }

    /// <summary>How many newest rows have changed in this step.</summary>
    public int Count => touches.Count;

    /// <summary>Makes sure that slots can be asked for.</summary>
    public void EnsureSlots(int count)
    {
        if (!IsKept)
        {
            return;
        }

        before.EnsureCount(count);
        if (touchOfSlot.Length < count)
        {
            Array.Resize(ref touchOfSlot, Math.Max(count, touchOfSlot.Length * 2));
        }
    }

    /// <summary>Notes what a key has seen, right before its next row.</summary>
    public void Keep(int slot)
    {
        ref var piece = ref before.Values[slot];
        var bytes = program.SlotBytes(slot);
        if (piece.LengthBytes != bytes)
        {
            Forget(slot);
            piece = heap.Take(bytes);
        }

        program.CopyOut(slot, heap.BytesOf(piece));
    }

    /// <summary>Forgets what a key had seen before its newest row.</summary>
    public void Forget(int slot)
    {
        ref var piece = ref before.Values[slot];
        if (piece.LengthBytes > 0)
        {
            heap.Free(piece);
            piece = default;
        }
    }

    /// <summary>
    /// Takes a change that leaves a key's newest row where it is, the first one of the step; false for any other change.
    /// </summary>
    public bool TryTouch(int slot, in RowPlace place, Batch old, int oldRow, Batch rows, int row, DeltaCause cause)
    {
        ref readonly var newest = ref slots.Rows[slot];
        if (
            before.Values[slot].LengthBytes == 0
            || touchOfSlot[slot] != 0
            || newest.IsSeen == 0
            || place != new RowPlace(newest.Span, newest.Time, newest.Sequence)
        )
        {
            return false;
        }

        oldImages.AppendRange(old, oldRow, 1);
        newImages.AppendRange(rows, row, 1);
        touches.Add(new Touch(slot, cause));
        touchOfSlot[slot] = touches.Count;
        return true;
    }

    /// <summary>True where a key's newest row has been taken.</summary>
    public bool IsTouched(int slot) => IsKept && touchOfSlot[slot] != 0;

    /// <summary>Leaves a key's newest row to the corrections after all, since more of the key has changed.</summary>
    public void Yield(int slot, ContextCorrections corrections)
    {
        ref readonly var newest = ref slots.Rows[slot];
        var at = touchOfSlot[slot] - 1;
        corrections.Mark(slot, newest.Span, newest.Time, newest.Sequence, touches[at].Cause);
        touches[at] = new Touch(-1, default);
        touchOfSlot[slot] = 0;
    }

    /// <summary>
    /// Computes rows that were taken as they were and as they are, a batch at a time; valid until the next call.
    /// </summary>
    /// <param name="start">The first one.</param>
    /// <param name="next">The first one of the next call.</param>
    public DeltaBatch Compute(int start, out int next)
    {
        var count = 0;
        next = Math.Min(touches.Count, start + Batch.VectorRows);
        for (var at = start; at < next; at++)
        {
            if (touches[at].Slot >= 0)
            {
                chosen[count] = at;
                places[count] = touches[at].Slot;
                causes[count++] = touches[at].Cause;
            }
        }

        oldResults.Clear();
        if (count == 0)
        {
            return new DeltaBatch(oldResults);
        }

        oldResults.AppendRange(Run(oldImages, count), 0, count);
        var results = Run(newImages, count);
        for (var i = 0; i < count && snapshots.AreKept; i++)
        {
            ref readonly var newest = ref slots.Rows[places[i]];
            snapshots.DropFrom(places[i], newest.Span, newest.Time, newest.Sequence);
        }

        return new DeltaBatch(results)
        {
            Causes = causes.AsSpan(0, count),
            Old = oldResults,
            HasOld = hadOld.AsSpan(0, count),
        };
    }

    /// <summary>Forgets the changes of a step.</summary>
    public void Clear()
    {
        foreach (var touch in touches)
        {
            if (touch.Slot >= 0)
            {
                touchOfSlot[touch.Slot] = 0;
            }
        }

        touches.Clear();
        oldImages.Clear();
        newImages.Clear();
    }

    /// <summary>Writes the states.</summary>
    public void Save(StateWriter writer)
    {
        for (var slot = 0; slot < before.Count; slot++)
        {
            var piece = before.Values[slot];
            writer.WriteSpan<byte>(piece.LengthBytes > 0 ? heap.BytesOf(piece) : default);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, for as many slots.</summary>
    public void Load(StateReader reader, int slotCount)
    {
        EnsureSlots(slotCount);
        for (var slot = 0; slot < before.Count; slot++)
        {
            var saved = reader.ReadSpan<byte>();
            if (!saved.IsEmpty)
            {
                before.Values[slot] = heap.Take(saved.Length);
                saved.CopyTo(heap.BytesOf(before.Values[slot]));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        heap.Dispose();
        before.Dispose();
        oldImages.Dispose();
        newImages.Dispose();
        images.Dispose();
        oldResults.Dispose();
    }

    private Batch Run(Batch source, int count)
    {
        images.Clear();
        images.AppendGather(source, chosen.AsSpan(0, count));
        for (var i = 0; i < count; i++)
        {
            program.CopyIn(places[i], heap.BytesOf(before.Values[places[i]]));
        }

        return program.Run(images, places.AsSpan(0, count));
    }

    private readonly record struct Touch(int Slot, DeltaCause Cause);
}

/// <summary>Where a row lies among those of its key.</summary>
/// <param name="Span">The span between two resets.</param>
/// <param name="Time">Event time.</param>
/// <param name="Sequence">What orders rows of equal time; 0 where nothing does.</param>
internal readonly record struct RowPlace(long Span, long Time, long Sequence);
