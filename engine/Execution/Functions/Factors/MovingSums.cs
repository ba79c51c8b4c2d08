using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Sum and mean over a moving window: the same bits as a sum of the window's rows alone, whatever went before. A window of up to 512 rows
/// is added up anew, in four lanes and a fixed order; while all of its values are whole numbers (quantities are), every order of additions
/// is exact, and the sum moves by what comes and goes. Others are kept exactly and rounded once, O(1) a row.
/// </summary>
internal sealed class MovingSumState(FactorWindow window, bool isMean, EvaluationContext context) : StatefulState
{
    // A window of so few rows is sooner added up again, in a fixed order, than kept up exactly.
    private const int RowsSummedMax = 512;

    private readonly bool isSummedAnew = window.Rows is > 0 and <= RowsSummedMax;
    private readonly SlidingRows rows = new(window.IsTime ? 2 : 1, context);
    private readonly ExactSums sums = new(context.Pool);
    private readonly GroupArray<Specials> specials = new(context.Pool);
    private readonly GroupArray<WholeSum> wholes = new(context.Pool);

    public override void EnsureSlots(int slotCount)
    {
        rows.EnsureSlots(slotCount);
        if (isSummedAnew)
        {
            wholes.EnsureCount(slotCount);
        }
        else
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
        if (isSummedAnew)
        {
            UpdateShort(input, x, target);
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
            var time = window.IsTime ? input.Times[i] : 0;
            rows.Add(slot, x[i], BitConverter.Int64BitsToDouble(time));
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

    // Some rows are put into their windows, then added up: a value that was just stored is not there yet for a wider load.
    private void UpdateShort(in FactorRows input, ReadOnlySpan<double> x, FactorWriter target)
    {
        var slots = input.Slots;
        var open = rows.Open();
        var wholeOf = wholes.Values;
        Span<FactorPlace> places = stackalloc FactorPlace[WindowBlock.Rows];
        open.PrefetchFirst(slots);
        for (var start = 0; start < slots.Length; start += WindowBlock.Rows)
        {
            var end = Math.Min(start + WindowBlock.Rows, slots.Length);
            var done = start;
            for (var i = start; i < end; i++)
            {
                open.PrefetchAhead(slots, i);
                places[i - start] = default;
                if (!input.HasValue(i))
                {
                    target.SetNull(i);
                    continue;
                }

                var slot = slots[i];
                if (open.IsFull(slot))
                {
                    AddUp(open, places[(done - start)..(i - start)], done, ref target);
                    done = i;
                }

                var place = open.Add(slot, x[i], window.Rows, out var leaving);
                ref var whole = ref wholeOf[slot];
                var isWhole = whole.Move(x[i], leaving, open.ValuesAt(place));
                if (place.Count < window.Rows)
                {
                    target.SetNull(i);
                }
                else if (isWhole)
                {
                    target.Set(i, isMean ? whole.Sum / place.Count : whole.Sum);
                }
                else
                {
                    places[i - start] = place;
                }
            }

            AddUp(open, places[(done - start)..(end - start)], done, ref target);
        }
    }

    private void AddUp(
        in SlidingRows.OpenWindows open,
        scoped ReadOnlySpan<FactorPlace> places,
        int firstRow,
        ref FactorWriter target
    )
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i].Count > 0)
            {
                var sum = LaneSums.Sum(open.ValuesAt(places[i]));
                target.Set(firstRow + i, isMean ? sum / places[i].Count : sum);
            }
        }
    }

    public override void Reset(int slot)
    {
        if (isSummedAnew)
        {
            wholes.Values[slot] = default;
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
        for (var slot = 0; slot < rows.SlotCount; slot++)
        {
            SumWindow(slot);
        }
    }

    // What is kept beside the window follows from it.
    private void SumWindow(int slot)
    {
        var values = rows.Plane(slot, 0);
        if (isSummedAnew)
        {
            wholes.Values[slot] = WholeSum.Of(values);
            return;
        }

        foreach (var value in values)
        {
            Put(slot, value, 1);
        }
    }

    public override int SlotBytes(int slot) => rows.SlotBytes(slot);

    public override int CopyOut(int slot, Span<byte> target) => rows.CopyOut(slot, target);

    public override int CopyIn(int slot, ReadOnlySpan<byte> source)
    {
        Reset(slot);
        var bytes = rows.CopyIn(slot, source);
        SumWindow(slot);
        return bytes;
    }

    public override void Dispose()
    {
        rows.Dispose();
        sums.Dispose();
        specials.Dispose();
        wholes.Dispose();
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

    // The sum of a window of up to 512 values that are whole and below 2^43: every partial sum is a whole number below 2^52, and exact.
    private struct WholeSum
    {
        private const double Limit = 8796093022208.0;

        private int others;

        public double Sum { get; private set; }

        public static WholeSum Of(ReadOnlySpan<double> values)
        {
            var made = default(WholeSum);
            foreach (var value in values)
            {
                made.others += IsWhole(value) ? 0 : 1;
            }

            made.Sum = made.others == 0 ? LaneSums.Sum(values) : 0;
            return made;
        }

        // Nothing leaving is 0, which is whole. False where the window has values that are not.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Move(double coming, double leaving, ReadOnlySpan<double> values)
        {
            var before = others;
            others += (IsWhole(coming) ? 0 : 1) - (IsWhole(leaving) ? 0 : 1);
            if ((before | others) == 0)
            {
                Sum = Sum - leaving + coming;
                return true;
            }

            return others == 0 && Renew(values);
        }

        private bool Renew(ReadOnlySpan<double> values)
        {
            Sum = LaneSums.Sum(values);
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool IsWhole(double value) => Math.Abs(value) < Limit && Math.Floor(value) == value;
    }

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
