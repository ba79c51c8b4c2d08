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

/// <summary>Running sums since the key's first row: exact, and rounded once for each row.</summary>
internal sealed class CumulativeState(Cumulative kind, EvaluationContext context) : StatefulState
{
    private readonly ExactSums sums = new(context.Pool);
    private readonly ExactSums weights = new(context.Pool);
    private readonly GroupArray<long> counts = new(context.Pool);

    public override long StateBytes => counts.Count * (kind == Cumulative.Vwap ? 56L : 32L);

    public override void EnsureSlots(int slotCount)
    {
        sums.EnsureGroups(slotCount);
        weights.EnsureGroups(slotCount);
        counts.EnsureCount(slotCount);
    }

    public override void Update(in FactorRows rows, ColumnVector result)
    {
        var slots = rows.Slots;
        var x = rows.Arguments[0].Values<double>();
        var y = rows.Arguments.Length > 1 ? rows.Arguments[1].Values<double>() : x;
        var target = new FactorWriter(result, slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            if (!rows.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            var count = ++counts.Values[slot];
            if (kind != Cumulative.Vwap)
            {
                sums.Add(slot, x[i]);
                var sum = sums.Sum(slot);
                target.Set(i, kind == Cumulative.Sum ? sum : sum / count);
                continue;
            }

            ExactProducts.Add(sums, slot, x[i], y[i]);
            weights.Add(slot, y[i]);
            var weight = weights.Sum(slot);
            if (weight == 0)
            {
                target.SetNull(i);
            }
            else
            {
                target.Set(i, sums.Sum(slot) / weight);
            }
        }
    }

    public override void Reset(int slot)
    {
        sums.ResetGroup(slot);
        weights.ResetGroup(slot);
        counts.Values[slot] = 0;
    }

    public override void Save(StateWriter writer)
    {
        writer.WriteSpan<long>(counts.Values);
        for (var slot = 0; slot < counts.Count; slot++)
        {
            sums.Save(writer, [slot]);
            weights.Save(writer, [slot]);
        }
    }

    public override void Load(StateReader reader)
    {
        var saved = reader.ReadSpan<long>();
        EnsureSlots(saved.Length);
        saved.CopyTo(counts.Values);
        for (var slot = 0; slot < counts.Count; slot++)
        {
            sums.Load(reader, [slot]);
            weights.Load(reader, [slot]);
        }
    }

    public override void Dispose()
    {
        sums.Dispose();
        weights.Dispose();
        counts.Dispose();
        base.Dispose();
    }
}
