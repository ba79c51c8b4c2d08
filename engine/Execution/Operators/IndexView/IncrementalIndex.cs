using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of an index. A tick in order costs O(1). One that comes late, and a weight or divisor from a
/// time that has been, make the index be folded again from there on, twice at once: as it was told, and as it is now.
/// Where the two differ a row is corrected. Ticks of the last moments are in memory; what is older is read back, up to
/// the next tick of the late one's symbol.
/// </summary>
internal sealed partial class IncrementalIndex : IncrementalOperator
{
    // More ticks than this of one step are not held back until its end: only a view that catches up sees so many.
    private const int HeldMax = 64 * 1024;

    private readonly IndexNode node;
    private readonly CircuitContext context;
    private readonly IndexBasket basket = new();
    private readonly IndexRing ring;
    private readonly Batch plain;
    private readonly DeltaBuffer corrections;
    private readonly Batch now;
    private readonly Batch before;
    private readonly List<IndexTick> held = [];
    private readonly List<BasketChange> heldChanges = [];
    private IndexState state;
    private long[] firstTimes = [];
    private bool isPending;
    private long pendingBasketTime = long.MaxValue;

    public IncrementalIndex(IndexNode node, IReadOnlyList<IncrementalOperator> inputs, CircuitContext context)
        : base(node, [IndexNode.SequenceColumn])
    {
        foreach (var input in inputs)
        {
            if (!input.IsAppendOnly)
            {
                Throw.Error(
                    ErrorCode.NotSupported,
                    "An index follows prices, weights and divisors of which rows are only added: tables, or filters and projections of them"
                );
            }
        }

        this.node = node;
        this.context = context;
        state = new IndexState(basket, knowsPending: true, node.ScaleDifference);
        ring = new IndexRing(state.Clone(withPending: true));
        plain = Batch.Allocate(Schema, Batch.VectorRows, context.Pool);
        now = Batch.Allocate(Schema, 1, context.Pool);
        before = Batch.Allocate(Schema, 1, context.Pool);
        corrections = new DeltaBuffer(Schema, KeyColumns, carriesOld: true, context.Pool);
        CarriesOld = true;
        EmitsKeysOnce = true;
    }

    public override string StateBound => "60 bytes a symbol, all weights and divisors, the last 16,384 ticks";

    public override void Push(int input, in DeltaBatch delta)
    {
        var rows = delta.Rows;
        if (input != 0)
        {
            for (var row = 0; row < rows.RowCount; row++)
            {
                heldChanges.Add(IndexRows.ChangeOf(rows, row, isDivisor: input == 2, isPending: false));
            }

            return;
        }

        var times = rows[0].Values<long>();
        var symbols = rows[1].Values<int>();
        var prices = rows[2].Values<long>();
        var sequences = rows[3].Values<long>();
        var start = held.Count;
        CollectionsMarshal.SetCount(held, start + times.Length);
        var target = CollectionsMarshal.AsSpan(held)[start..];
        for (var row = 0; row < target.Length; row++)
        {
            target[row] = new IndexTick(times[row], sequences[row], symbols[row], prices[row]);
        }

        if (held.Count >= HeldMax)
        {
            Drain();
        }
    }

    public override void Flush(CircuitStep step)
    {
        Drain();
        if (isPending)
        {
            Correct(step.Sequence);
            basket.Settle();
            held.Clear();
            isPending = false;
            pendingBasketTime = long.MaxValue;
        }
    }

    public override void Save(StateWriter writer)
    {
        basket.Save(writer);
        ring.Save(writer);
        writer.WriteSpan<long>(firstTimes);
        state.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        basket.Load(reader);
        ring.Load(reader);
        firstTimes = reader.ReadSpan<long>().ToArray();
        state.Load(reader);
    }

    public override void Dispose()
    {
        plain.Dispose();
        now.Dispose();
        before.Dispose();
        corrections.Dispose();
        base.Dispose();
    }

    private void AddChange(BasketChange change)
    {
        var isLate = isPending || change.Time <= state.Time;
        if (isLate)
        {
            isPending = true;
            pendingBasketTime = Math.Min(pendingBasketTime, change.Time);
        }

        basket.Add(change with { IsPending = isLate });
    }

    // Folds what is held, as long as it is in order; from the first tick that is not, all waits for the end of the step.
    private void Drain()
    {
        // Weights and divisors first: a tick of the same step that they are in effect at is then told once.
        foreach (var change in heldChanges)
        {
            AddChange(change);
        }

        heldChanges.Clear();
        if (isPending || held.Count == 0)
        {
            return;
        }

        var ticks = CollectionsMarshal.AsSpan(held);
        var time = state.Time;
        var inOrder = 0;
        while (inOrder < ticks.Length && ticks[inOrder].Time >= time)
        {
            time = ticks[inOrder++].Time;
        }

        if (inOrder < ticks.Length)
        {
            isPending = true;
            return;
        }

        var rows = new IndexRowWriter(plain);
        var index = state;
        foreach (ref readonly var tick in ticks)
        {
            NoteFirst(tick);
            index.Apply(tick);
            ring.Add(tick, index);
            if (!index.IsMember(tick.Symbol))
            {
                continue;
            }

            rows.Add(tick, index.Level);
            if (rows.Count == Batch.VectorRows)
            {
                rows.Finish();
                Emit(new DeltaBatch(plain));
            }
        }

        rows.Finish();
        Emit(new DeltaBatch(plain));
        held.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteFirst(in IndexTick tick)
    {
        if ((uint)tick.Symbol >= (uint)firstTimes.Length || tick.Time < firstTimes[tick.Symbol])
        {
            NoteEarlier(tick);
        }
    }

    private void NoteEarlier(in IndexTick tick)
    {
        if (tick.Symbol >= firstTimes.Length)
        {
            var old = firstTimes.Length;
            Array.Resize(ref firstTimes, Math.Max(tick.Symbol + 1, Math.Max(64, old * 2)));
            firstTimes.AsSpan(old).Fill(long.MaxValue);
        }

        firstTimes[tick.Symbol] = tick.Time;
    }
}
