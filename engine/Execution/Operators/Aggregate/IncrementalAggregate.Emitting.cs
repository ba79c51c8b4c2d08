using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What comes out: in a step the groups that it touched, each once; or, where nobody wants to know at once, nothing, and the groups that
/// steps have touched when somebody does.
/// </summary>
internal sealed partial class IncrementalAggregate
{
    // So many groups are given out in half a millisecond, which is what somebody who looks at the contents may have to wait for.
    private const int HeldGroupsMax = 4096;

    private DeltaCause[] causes = new DeltaCause[Batch.VectorRows];
    private HoldBack holdBack;

    /// <inheritdoc/>
    public override IHoldsBack? Holder => isCounted ? null : this;

    /// <inheritdoc/>
    public HoldBack HoldBack
    {
        get => holdBack;
        set
        {
            holdBack = value;
            groups.HidesHeld = value == HoldBack.Everything;
        }
    }

    /// <inheritdoc/>
    public EmissionKind Emits { get; private set; }

    /// <inheritdoc/>
    public int HeldNewCount => groups.HeldNewCount;

    /// <inheritdoc/>
    public void EmitHeld() => EmitHeld(groups.HeldCount);

    // Corrections are counted step by step, and of a group that was built again nobody knows whether it was there before.
    private void EmitStep(bool isPlain)
    {
        if (holdBack == HoldBack.Nothing || !isPlain)
        {
            EmitHeld();
            EmitTouched(EmissionKind.Change);
            ReleaseEmptied();
            groups.ClearTouched();
            return;
        }

        if (holdBack == HoldBack.Contents)
        {
            EmitTouched(EmissionKind.Told);
        }

        groups.HoldTouched();
        if (groups.HeldCount > HeldGroupsMax)
        {
            EmitHeld(groups.HeldCount - (HeldGroupsMax * 3 / 4));
        }
    }

    private void EmitHeld(int count)
    {
        for (var left = count; left > 0; )
        {
            var chunk = Math.Min(Batch.VectorRows, left);
            EmitGroups(groups.Held[..chunk], EmissionKind.Held);
            groups.LetGo(chunk);
            left -= chunk;
        }
    }

    private void EmitTouched(EmissionKind kind)
    {
        var touched = groups.Touched;
        for (var start = 0; start < touched.Length; start += Batch.VectorRows)
        {
            EmitGroups(touched.Slice(start, Math.Min(Batch.VectorRows, touched.Length - start)), kind);
        }
    }

    private void EmitGroups(ReadOnlySpan<int> places, EmissionKind kind)
    {
        var emitted = kind != EmissionKind.Held && (isCounted || calls.Length == 0) ? ChooseChanged(places) : places;
        var rows = buffer.Rows;
        buffer.Clear();
        groups.AppendKeys(emitted, rows);
        foreach (var call in calls)
        {
            call.AppendResults(emitted, rows);
        }

        rows.SetRowCount(emitted.Length);
        Emits = kind;
        if (isCounted)
        {
            for (var i = 0; i < emitted.Length; i++)
            {
                var op = IsGone(emitted[i]) ? DeltaOp.Delete : DeltaOp.Upsert;
                buffer.Note(i, op, groups.CauseOf(emitted[i]), withOld: false);
            }

            Emit(buffer.Delta);
            return;
        }

        for (var i = 0; i < emitted.Length; i++)
        {
            causes[i] = kind == EmissionKind.Held ? groups.HeldCauseOf(emitted[i]) : groups.CauseOf(emitted[i]);
        }

        Emit(new DeltaBatch(rows) { Causes = causes.AsSpan(0, emitted.Length) });
    }

    // A group that came and went in one step was never seen; without aggregates nothing but its being there is.
    private ReadOnlySpan<int> ChooseChanged(ReadOnlySpan<int> places)
    {
        chosen = chosen.Length < places.Length ? new int[Math.Max(places.Length, Batch.VectorRows)] : chosen;
        var count = 0;
        foreach (var place in places)
        {
            var isGone = IsGone(place);
            if (groups.IsNew(place) ? !isGone : isGone || calls.Length > 0)
            {
                chosen[count++] = place;
            }
        }

        return chosen.AsSpan(0, count);
    }
}
