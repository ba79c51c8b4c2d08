using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What is made of running sums.</summary>
internal enum Cumulative
{
    /// <summary>The sum of x.</summary>
    Sum,

    /// <summary>The sum of x by the number of values.</summary>
    Mean,

    /// <summary>The sum of x * y by the sum of y.</summary>
    Vwap,
}

/// <summary>
/// Running sums since the key's first row, with the rounding errors summed beside them (A. Neumaier, "Rundungsfehleranalyse einiger
/// Verfahren zur Summation endlicher Summen", 1974): a function of the rows in order, and as good as exact, at the cost of four additions.
/// </summary>
internal sealed class CumulativeState(Cumulative kind, EvaluationContext context) : StatefulState
{
    private readonly GroupArray<CompensatedSum> sums = new(context.Pool);
    private readonly GroupArray<CompensatedSum> weights = new(context.Pool);
    private readonly GroupArray<long> counts = new(context.Pool);

    public override void EnsureSlots(int slotCount)
    {
        sums.EnsureCount(slotCount);
        weights.EnsureCount(slotCount);
        counts.EnsureCount(slotCount);
    }

    public override void Update(in FactorRows rows, ColumnVector result)
    {
        var slots = rows.Slots;
        var x = rows.Arguments[0].Values<double>();
        var y = rows.Arguments.Length > 1 ? rows.Arguments[1].Values<double>() : x;
        var target = new FactorWriter(result, slots.Length);
        var sumOf = sums.Values;
        var weightOf = weights.Values;
        var countOf = counts.Values;
        for (var i = 0; i < slots.Length; i++)
        {
            if (!rows.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            var count = ++countOf[slot];
            ref var sum = ref sumOf[slot];
            if (kind != Cumulative.Vwap)
            {
                sum.Add(x[i]);
                target.Set(i, kind == Cumulative.Sum ? sum.Value : sum.Value / count);
                continue;
            }

            ref var weight = ref weightOf[slot];
            sum.Add(x[i] * y[i]);
            weight.Add(y[i]);
            if (weight.Value == 0)
            {
                target.SetNull(i);
            }
            else
            {
                target.Set(i, sum.Value / weight.Value);
            }
        }
    }

    public override void Reset(int slot)
    {
        sums.Values[slot] = default;
        weights.Values[slot] = default;
        counts.Values[slot] = 0;
    }

    public override void Save(StateWriter writer)
    {
        writer.WriteSpan<long>(counts.Values);
        writer.WriteSpan<CompensatedSum>(sums.Values);
        writer.WriteSpan<CompensatedSum>(weights.Values);
    }

    public override void Load(StateReader reader)
    {
        var saved = reader.ReadSpan<long>();
        EnsureSlots(saved.Length);
        saved.CopyTo(counts.Values);
        reader.ReadSpan<CompensatedSum>().CopyTo(sums.Values);
        reader.ReadSpan<CompensatedSum>().CopyTo(weights.Values);
    }

    public override int SlotBytes(int slot) => Unsafe.SizeOf<Sums>();

    public override int CopyOut(int slot, Span<byte> target)
    {
        MemoryMarshal.Write(target, new Sums(sums.Values[slot], weights.Values[slot], counts.Values[slot]));
        return Unsafe.SizeOf<Sums>();
    }

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        (sums.Values[slot], weights.Values[slot], counts.Values[slot]) = MemoryMarshal.Read<Sums>(source);
        return Unsafe.SizeOf<Sums>();
    }

    public override void Dispose()
    {
        sums.Dispose();
        weights.Dispose();
        counts.Dispose();
        base.Dispose();
    }

    private readonly record struct Sums(CompensatedSum Sum, CompensatedSum Weight, long Count);
}
