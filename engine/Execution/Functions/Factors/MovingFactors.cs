using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A function that is computed anew from the rows of its window for each row; O(rows of the window).</summary>
/// <param name="window">Which rows.</param>
/// <param name="isAlwaysReady">True for a function that does not wait until the window is full.</param>
/// <param name="context">Lends memory.</param>
internal sealed class MovingKernelState<TKernel>(FactorWindow window, bool isAlwaysReady, EvaluationContext context)
    : StatefulState
    where TKernel : struct, IMovingKernel
{
    private readonly SlidingRows rows = new(TKernel.Arguments + (window.IsTime ? 1 : 0), context);

    public override void EnsureSlots(int slotCount) => rows.EnsureSlots(slotCount);

    public override void Update(in FactorRows input, ColumnVector result)
    {
        var slots = input.Slots;
        var x = input.Arguments[0].Values<double>();
        var y = TKernel.Arguments > 1 ? input.Arguments[1].Values<double>() : x;
        var target = new FactorWriter(result, slots.Length);
        if (!window.IsTime && TKernel.Arguments == 1)
        {
            UpdateRows(input, x, target);
            return;
        }

        for (var i = 0; i < slots.Length; i++)
        {
            if (!input.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            Take(slot, x[i], y[i], window.IsTime ? input.Times[i] : 0);
            var values = rows.Plane(slot, 0);
            if (
                (isAlwaysReady || window.IsReady(values.Length))
                && TKernel.Compute(values, TKernel.Arguments > 1 ? rows.Plane(slot, 1) : values, out var value)
            )
            {
                target.Set(i, value);
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    public override void Reset(int slot) => rows.Reset(slot);

    public override void Save(StateWriter writer) => rows.Save(writer);

    public override void Load(StateReader reader) => rows.Load(reader);

    public override int SlotBytes(int slot) => rows.SlotBytes(slot);

    public override int CopyOut(int slot, Span<byte> target) => rows.CopyOut(slot, target);

    public override int CopyIn(int slot, ReadOnlySpan<byte> source) => rows.CopyIn(slot, source);

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }

    // Some rows are put into their windows, then computed: a value that was just stored is not there yet for a wider load.
    private void UpdateRows(in FactorRows input, ReadOnlySpan<double> x, FactorWriter target)
    {
        var slots = input.Slots;
        var open = rows.Open();
        Span<FactorPlace> places = stackalloc FactorPlace[WindowBlock.Rows];
        open.PrefetchFirst(slots);
        for (var start = 0; start < slots.Length; start += WindowBlock.Rows)
        {
            var end = Math.Min(start + WindowBlock.Rows, slots.Length);
            var done = start;
            for (var i = start; i < end; i++)
            {
                open.PrefetchAhead(slots, i);
                if (!input.HasValue(i))
                {
                    places[i - start] = default;
                    continue;
                }

                if (open.IsFull(slots[i]))
                {
                    Compute(open, places[(done - start)..(i - start)], done, ref target);
                    done = i;
                }

                places[i - start] = open.Add(slots[i], x[i], window.Rows, out _);
            }

            Compute(open, places[(done - start)..(end - start)], done, ref target);
        }
    }

    private void Compute(
        in SlidingRows.OpenWindows open,
        scoped ReadOnlySpan<FactorPlace> places,
        int firstRow,
        ref FactorWriter target
    )
    {
        for (var i = 0; i < places.Length; i++)
        {
            var values = open.ValuesAt(places[i]);
            if (
                values.Length > 0
                && (isAlwaysReady || values.Length == window.Rows)
                && TKernel.Compute(values, values, out var value)
            )
            {
                target.Set(firstRow + i, value);
            }
            else
            {
                target.SetNull(firstRow + i);
            }
        }
    }

    private void Take(int slot, double x, double y, long time)
    {
        if (!window.IsTime)
        {
            rows.Add(slot, x, y);
            if (rows.CountOf(slot) > window.Rows)
            {
                rows.DropFirst(slot, 1);
            }

            return;
        }

        var bits = BitConverter.Int64BitsToDouble(time);
        if (TKernel.Arguments > 1)
        {
            rows.Add(slot, x, y, bits);
        }
        else
        {
            rows.Add(slot, x, bits);
        }

        rows.DropFirst(slot, window.Leaving(rows.Plane(slot, TKernel.Arguments), time));
    }
}

/// <summary>Rows that are put into their windows together, before anything is computed of them.</summary>
internal static class WindowBlock
{
    /// <summary>Enough for the first one's store to be done.</summary>
    public const int Rows = 16;
}
