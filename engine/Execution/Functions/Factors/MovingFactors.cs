using System.Runtime.InteropServices;
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

/// <summary>
/// Sum and mean over a moving window: the same bits as a sum of the window's rows alone, whatever went before. A window of up to 512 rows
/// is added up anew, in four lanes and a fixed order; others are kept exactly and rounded once, O(1) a row.
/// </summary>
internal sealed class MovingSumState(FactorWindow window, bool isMean, EvaluationContext context) : StatefulState
{
    // A window of so few rows is sooner added up again, in a fixed order, than kept up exactly.
    private const int RowsSummedMax = 512;

    private readonly bool isSummedAnew = window.Rows is > 0 and <= RowsSummedMax;
    private readonly SlidingRows rows = new(window.IsTime ? 2 : 1, context);
    private readonly ExactSums sums = new(context.Pool);
    private readonly GroupArray<Specials> specials = new(context.Pool);

    public override void EnsureSlots(int slotCount)
    {
        rows.EnsureSlots(slotCount);
        if (!isSummedAnew)
        {
            sums.EnsureGroups(slotCount);
            specials.EnsureCount(slotCount);
        }
    }

    public override void Update(in FactorRows input, ColumnVector result)
    {
        var slots = input.Slots;
        var x = input.Arguments[0].Values<double>();
        var target = new FactorWriter(result, slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            if (!input.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            var time = window.IsTime ? input.Times[i] : 0;
            rows.Add(slot, x[i], BitConverter.Int64BitsToDouble(time));
            if (isSummedAnew)
            {
                SumAnew(slot, i, ref target);
                continue;
            }

            Put(slot, x[i], 1);
            var values = rows.Plane(slot, 0);
            var leaving = window.IsTime
                ? window.Leaving(rows.Plane(slot, 1), time)
                : Math.Max(values.Length - window.Rows, 0);
            for (var j = 0; j < leaving; j++)
            {
                Put(slot, values[j], -1);
            }

            rows.DropFirst(slot, leaving);
            var count = values.Length - leaving;
            if (window.IsReady(count))
            {
                var sum = SumOf(slot);
                target.Set(i, isMean ? sum / count : sum);
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    private void SumAnew(int slot, int row, ref FactorWriter target)
    {
        var values = rows.Plane(slot, 0);
        if (values.Length > window.Rows)
        {
            rows.DropFirst(slot, 1);
            values = values[1..];
        }

        if (values.Length < window.Rows)
        {
            target.SetNull(row);
            return;
        }

        var sum = LaneSums.Sum(values);
        target.Set(row, isMean ? sum / values.Length : sum);
    }

    public override void Reset(int slot)
    {
        if (isSummedAnew)
        {
            rows.Reset(slot);
            return;
        }

        sums.ResetGroup(slot);
        specials.Values[slot] = default;
        rows.Reset(slot);
    }

    public override void Save(StateWriter writer) => rows.Save(writer);

    public override void Load(StateReader reader)
    {
        rows.Load(reader);
        EnsureSlots(rows.SlotCount);
        for (var slot = 0; slot < rows.SlotCount && !isSummedAnew; slot++)
        {
            foreach (var value in rows.Plane(slot, 0))
            {
                Put(slot, value, 1);
            }
        }
    }

    public override int SlotBytes(int slot) => rows.SlotBytes(slot);

    public override int CopyOut(int slot, Span<byte> target) => rows.CopyOut(slot, target);

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        Reset(slot);
        var bytes = rows.CopyIn(slot, source);
        if (!isSummedAnew)
        {
            foreach (var value in rows.Plane(slot, 0))
            {
                Put(slot, value, 1);
            }
        }

        return bytes;
    }

    public override void Dispose()
    {
        rows.Dispose();
        sums.Dispose();
        specials.Dispose();
        base.Dispose();
    }

    // What is no number cannot be taken out of a sum again: it is counted beside it.
    private void Put(int slot, double value, int sign)
    {
        if (double.IsFinite(value))
        {
            sums.Add(slot, sign > 0 ? value : -value);
        }
        else
        {
            specials.Values[slot].Count(value, sign);
        }
    }

    private double SumOf(int slot) => specials.Values[slot].Or(sums, slot);

    private struct Specials
    {
        private int notNumbers;
        private int positive;
        private int negative;

        public void Count(double value, int sign)
        {
            notNumbers += double.IsNaN(value) ? sign : 0;
            positive += double.IsPositiveInfinity(value) ? sign : 0;
            negative += double.IsNegativeInfinity(value) ? sign : 0;
        }

        public readonly double Or(ExactSums sums, int slot) =>
            (notNumbers | positive | negative) == 0 ? sums.Sum(slot)
            : notNumbers > 0 || (positive > 0 && negative > 0) ? double.NaN
            : positive > 0 ? double.PositiveInfinity
            : double.NegativeInfinity;
    }
}

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
        for (var i = 0; i < slots.Length; i++)
        {
            if (!input.HasValue(i))
            {
                target.SetNull(i);
                continue;
            }

            var slot = slots[i];
            var count = ++counts[slot];
            var place = window.IsTime ? input.Times[i] : count;
            Add(slot, x[i], place);
            var places = candidates.Plane(slot, 1);
            var leaving = 0;
            var length = window.IsTime ? window.Nanos : window.Rows;
            while (place - BitConverter.DoubleToInt64Bits(places[leaving]) >= length)
            {
                leaving++;
            }

            candidates.DropFirst(slot, leaving);
            if (window.IsTime || count >= window.Rows)
            {
                target.Set(i, candidates.Plane(slot, 0)[0]);
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

    private void Add(int slot, double value, long place)
    {
        var values = candidates.Plane(slot, 0);
        var useless = 0;
        while (useless < values.Length)
        {
            var order = Extremes.Compare(values[values.Length - 1 - useless], value);
            if (isMax ? order > 0 : order < 0)
            {
                break;
            }

            useless++;
        }

        candidates.DropLast(slot, useless);
        candidates.Add(slot, value, BitConverter.Int64BitsToDouble(place));
    }
}
