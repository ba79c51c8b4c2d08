using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Least and greatest of a moving window: values that a newer one has made useless are let go of (a monotone queue; D. Lemire,
/// "Streaming maximum-minimum filter using no more than three comparisons per element", 2006). Amortised O(1).
/// </summary>
internal sealed class MovingExtremeState(FactorWindow window, bool isMax, EvaluationContext context) : StatefulState
{
    private readonly SlidingRows candidates = new(2, context);
    private readonly GroupArray<long> seen = new(context.Pool);

    public override void EnsureSlots(int slotCount)
    {
        candidates.EnsureSlots(slotCount);
        seen.EnsureCount(slotCount);
    }

    public override void Update(in FactorRows input, ColumnVector result)
    {
        var slots = input.Slots;
        var x = input.Arguments[0].Values<double>();
        var target = new FactorWriter(result, slots.Length);
        var counts = seen.Values;
        var open = candidates.Open();
        var length = window.IsTime ? window.Nanos : window.Rows;
        var turn = isMax ? 0 : -1L;
        open.PrefetchFirst(slots);
        for (var i = 0; i < slots.Length; i++)
        {
            open.PrefetchAhead(slots, i);
            if (!input.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            var count = ++counts[slot];
            var place = window.IsTime ? input.Times[i] : count;
            var extreme = open.Push(slot, Extremes.KeyOf(x[i]) ^ turn, place, length) ^ turn;
            if (window.IsTime || count >= window.Rows)
            {
                target.Set(i, Extremes.ValueOf(extreme));
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    public override void Reset(int slot)
    {
        candidates.Reset(slot);
        seen.Values[slot] = 0;
    }

    public override void Save(StateWriter writer)
    {
        candidates.Save(writer);
        writer.WriteSpan<long>(seen.Values);
    }

    public override void Load(StateReader reader)
    {
        candidates.Load(reader);
        var saved = reader.ReadSpan<long>();
        seen.EnsureCount(saved.Length);
        saved.CopyTo(seen.Values);
    }

    public override int SlotBytes(int slot) => candidates.SlotBytes(slot) + sizeof(long);

    public override int CopyOut(int slot, Span<byte> target)
    {
        MemoryMarshal.Write(target, seen.Values[slot]);
        return sizeof(long) + candidates.CopyOut(slot, target[sizeof(long)..]);
    }

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        seen.Values[slot] = MemoryMarshal.Read<long>(source);
        return sizeof(long) + candidates.CopyIn(slot, source[sizeof(long)..]);
    }

    public override void Dispose()
    {
        candidates.Dispose();
        seen.Dispose();
        base.Dispose();
    }
}
