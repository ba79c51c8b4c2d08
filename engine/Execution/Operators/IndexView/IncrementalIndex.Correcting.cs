using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <content>Folding again what came late.</content>
internal sealed partial class IncrementalIndex
{
    private const long FirstWindowNanos = 60L * 1_000_000_000;

    private readonly HashSet<long> pendingSequences = [];
    private readonly HashSet<int> differing = [];
    private readonly List<IndexTick> again = [];
    private IndexState told = null!;
    private IndexState known = null!;

    private void Correct(long sequence)
    {
        held.Sort();
        pendingSequences.Clear();
        foreach (var tick in held)
        {
            NoteFirst(tick);
            pendingSequences.Add(tick.Sequence);
        }

        corrections.Clear();
        var from = Math.Min(pendingBasketTime, held.Count > 0 ? held[0].Time : long.MaxValue);
        var done = 0;
        // A tick at the very time before the ring comes behind those that have been there: its sequence is greater.
        var isInRing = pendingBasketTime > ring.Before.Time && (held.Count == 0 || held[0].Time >= ring.Before.Time);
        if (isInRing || !FromHistory(sequence, from, ref done))
        {
            FromRing(done);
        }

        Emit(corrections.Delta);
    }

    /// <summary>Folds from memory: the ticks of the ring, and those held from an index on.</summary>
    private void FromRing(int done)
    {
        told = ring.Before.Clone(withPending: false);
        known = ring.Before.Clone(withPending: true);
        again.Clear();
        again.AddRange(ring.Ticks);
        var old = again.Count;
        again.AddRange(CollectionsMarshal.AsSpan(held)[done..]);
        if (old < again.Count)
        {
            again.Sort();
        }

        ring.Restart(ring.Before);
        foreach (ref readonly var tick in CollectionsMarshal.AsSpan(again))
        {
            Step(tick, pendingSequences.Contains(tick.Sequence));
            ring.Add(tick, known);
        }

        state = known;
    }

    /// <summary>
    /// Folds what is stored from a time on. Returns true where that went to the end; false where the two folds came together before the
    /// ring begins, so that the ring is as good as it was.
    /// </summary>
    private bool FromHistory(long sequence, long from, ref int done)
    {
        told = new IndexState(basket, knowsPending: false, node.ScaleDifference);
        known = new IndexState(basket, knowsPending: true, node.ScaleDifference);
        if (from > long.MinValue)
        {
            told.AdvanceTo(from - 1);
            known.AdvanceTo(from - 1);
            FillPrices(sequence, from);
        }

        differing.Clear();
        PlanNode plan = PlanRange.Narrow(node.Inputs[0], new RangeCondition(0, from, long.MaxValue));
        plan = new SortNode(
            plan,
            [
                new SortKey(KeyedPlan.ColumnOf(plan, 0), Descending: false, NullsFirst: false),
                new SortKey(KeyedPlan.ColumnOf(plan, 3), Descending: false, NullsFirst: false),
            ]
        );
        using var reader = context.History.Derive(plan, sequence);
        while (reader.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var tick = IndexRows.TickOf(batch, row);
                var isOver =
                    differing.Count == 0
                    && pendingBasketTime == long.MaxValue
                    && (done == held.Count || held[done].Time >= ring.Before.Time)
                    && tick.Time < ring.Before.Time;
                if (isOver)
                {
                    return false;
                }

                var isNew = pendingSequences.Contains(tick.Sequence);
                done += isNew ? 1 : 0;
                Step(tick, isNew);
                if (known.IsSame(told, tick.Symbol))
                {
                    differing.Remove(tick.Symbol);
                }
                else
                {
                    differing.Add(tick.Symbol);
                }
            }
        }

        known.FillPricesFrom(state);
        state = known;
        ring.Restart(state.Clone(withPending: true));
        return true;
    }

    // The prices that symbols of the basket had before a time: read backwards in windows that grow, until each one that traded is found.
    private void FillPrices(long sequence, long from)
    {
        var wanted = new Dictionary<int, IndexTick>();
        var earliest = long.MaxValue;
        for (var i = 0; i < basket.Count; i++)
        {
            var symbol = basket[i].Symbol;
            if (symbol >= 0 && symbol < firstTimes.Length && firstTimes[symbol] < from)
            {
                wanted[symbol] = new IndexTick(long.MinValue, -1, symbol, 0);
                earliest = Math.Min(earliest, firstTimes[symbol]);
            }
        }

        var missing = wanted.Count;
        for (long end = from - 1, span = FirstWindowNanos; missing > 0 && end >= earliest; )
        {
            var start = end - earliest < span ? earliest : end - span + 1;
            using (
                var reader = context.History.Derive(
                    PlanRange.Narrow(node.Inputs[0], new RangeCondition(0, start, end)),
                    sequence
                )
            )
            {
                while (reader.Next() is { } batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        var tick = IndexRows.TickOf(batch, row);
                        ref var found = ref CollectionsMarshal.GetValueRefOrNullRef(wanted, tick.Symbol);
                        // What an earlier, later window found stays.
                        if (
                            System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found)
                            || found.Time > end
                            || found.CompareTo(tick) > 0
                        )
                        {
                            continue;
                        }

                        missing -= found.Sequence < 0 ? 1 : 0;
                        found = tick;
                    }
                }
            }

            end = start - 1;
            span = span > long.MaxValue / 4 ? span : span * 4;
        }

        foreach (var (symbol, tick) in wanted)
        {
            if (tick.Sequence >= 0)
            {
                told.SetPrice(symbol, tick.Price);
                known.SetPrice(symbol, tick.Price);
            }
        }
    }

    // One tick in both folds: what was told of it, and what is right.
    private void Step(in IndexTick tick, bool isNew)
    {
        if (!isNew)
        {
            told.Apply(tick);
        }

        known.Apply(tick);
        var was = !isNew && told.IsMember(tick.Symbol);
        var isIn = known.IsMember(tick.Symbol);
        var level = known.Level;
        if ((!was && !isIn) || (was && isIn && level.IsSame(told.Level)))
        {
            return;
        }

        Write(now, tick, level);
        if (was)
        {
            Write(before, tick, told.Level);
        }

        var cause = isNew && tick.Time >= state.Time ? DeltaCause.New : DeltaCause.LateCorrection;
        corrections.Add(now, 0, isIn ? DeltaOp.Upsert : DeltaOp.Delete, cause, was ? before : null, 0);
    }

    private static void Write(Batch row, in IndexTick tick, IndexLevel level)
    {
        var writer = new IndexRowWriter(row);
        writer.Add(tick, level);
        writer.Finish();
    }
}
