using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The partitions of a step (a key, and a span between two resets) whose rows must be read back: what they were and what they are is
/// computed by the same program, and matched by the rows' keys. Where the reach of all calls is bounded, only rows around the changed ones
/// are read: before them as many as make the program right, after them as many as still see them. How much time they take is guessed
/// from the key's rows and widened until it is enough. Where it is not bounded, rows are read from the nearest snapshot before the change
/// on.
/// </summary>
internal sealed class ContextCorrections : IDisposable
{
    private const int AttemptsMax = 6;
    private const int Widening = 4;

    private readonly ContextNode node;
    private readonly ContextSlots slots;
    private readonly ContextProgram program;
    private readonly CircuitContext context;
    private readonly ContextLayout layout;
    private readonly RowAppender appender;
    private readonly Batch slice;
    private readonly ContextDifferences differences;
    private readonly bool isBySequence;
    private readonly ContextReach reach;
    private readonly ContextSnapshots snapshots;
    private readonly ContextTail tail;
    private readonly ContextSettling behind;
    private readonly ContextSettling ahead;
    private readonly List<Partition> marked = [];
    private ContextProgram? other;
    private Batch? members;
    private bool[] isMarked = [];
    private int[] chosen = new int[Batch.VectorRows];

    public ContextCorrections(
        ContextNode node,
        IncrementalOperator input,
        ContextSlots slots,
        ContextProgram program,
        ContextReach reach,
        ContextSnapshots snapshots,
        ContextTail tail,
        CircuitContext context
    )
    {
        this.node = node;
        this.slots = slots;
        this.program = program;
        this.context = context;
        layout = new ContextLayout(node);
        appender = new RowAppender(layout.Rows, context.Evaluation);
        slice = Batch.CreateView(node.Inputs[0].Schema);
        differences = new ContextDifferences(node, input.KeyColumns, context.Pool);
        this.reach = reach;
        this.snapshots = snapshots;
        this.tail = tail;
        behind = new ContextSettling(reach);
        ahead = new ContextSettling(reach);
        // Rows that never change and are numbered by their key: those up to a sequence are the rows as they were.
        isBySequence =
            input.IsAppendOnly
            && input.KeyColumns.Count == 1
            && node.Sequence is ColumnExpression sequence
            && sequence.Index == input.KeyColumns[0];
    }

    /// <summary>How many partitions were read back so far.</summary>
    public long Count { get; private set; }

    /// <summary>True where a partition is marked.</summary>
    public bool IsNeeded => marked.Count > 0;

    /// <summary>Makes sure that slots can be asked for.</summary>
    public void EnsureSlots(int count)
    {
        if (isMarked.Length < count)
        {
            Array.Resize(ref isMarked, Math.Max(count, isMarked.Length * 2));
        }
    }

    /// <summary>Marks a partition, one of whose rows has changed at a time; its first mark gives the cause.</summary>
    public void Mark(int slot, long span, long time, long sequence, DeltaCause cause)
    {
        EnsureSlots(slot + 1);
        var at = isMarked[slot] ? Find(slot, span) : -1;
        if (at < 0)
        {
            isMarked[slot] = true;
            marked.Add(new Partition(slot, span, time, sequence, time, cause));
            return;
        }

        var partition = marked[at];
        if (time < partition.First || (time == partition.First && sequence < partition.FirstSequence))
        {
            partition = partition with { First = time, FirstSequence = sequence };
        }

        marked[at] = partition with { Last = Math.Max(partition.Last, time) };
    }

    /// <summary>True where a partition of a key is marked.</summary>
    public bool HasMark(int slot) => isMarked[slot];

    /// <summary>True where a partition is marked.</summary>
    public bool IsMarked(int slot, long span) => isMarked[slot] && Find(slot, span) >= 0;

    /// <summary>What differs between the partitions at two sequences; takes over the states of those that are current.</summary>
    public DeltaBatch Run(long before, long now)
    {
        differences.Clear();
        foreach (var partition in marked)
        {
            Count++;
            isMarked[partition.Slot] = false;
            snapshots.EnsureSlots(partition.Slot + 1);
            var restart = snapshots.Find(partition.Slot, partition.Span, partition.First, partition.FirstSequence);
            using var rows = ReadAround(partition, restart, now, out var range);
            using var were = isBySequence ? UpTo(rows, before) : Read(partition, restart, range, before);
            Compute(Other(), 0, restart, were, differences.Old);

            ref var newest = ref slots.Rows[partition.Slot];
            var isCurrent = newest.IsSeen == 0 || partition.Span >= newest.Span;
            // Rows that end before the newest one's reach leave the live state as it is.
            var isTaken = isCurrent && range.To == long.MaxValue;
            var runner = isTaken ? program : Other();
            var place = isTaken ? partition.Slot : 0;
            if (snapshots.AreKept)
            {
                snapshots.DropFrom(partition.Slot, partition.Span, partition.First, partition.FirstSequence);
                if (node.Reset is not null && !restart.HasState && rows.Rows.RowCount > 0)
                {
                    snapshots.BeginSpan(partition.Slot, partition.Span, TimesOf(rows)[0], restart.Total);
                }
            }

            if (isTaken && tail.IsKept)
            {
                tail.EnsureSlots(partition.Slot + 1);
                tail.Forget(partition.Slot);
            }

            Compute(runner, place, restart, rows, differences.New, partition, keepLast: isTaken && tail.IsKept);
            if (isTaken)
            {
                newest = NewestOf(rows, partition, restart, range, newest);
            }
            else if (isCurrent && rows.Rows.RowCount > 0)
            {
                newest.Oldest = Math.Min(newest.Oldest, TimesOf(rows)[0]);
            }

            differences.EndPartition(partition.Cause);
        }

        marked.Clear();
        return differences.Find();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        appender.Dispose();
        differences.Dispose();
        other?.Dispose();
        members?.Dispose();
    }

    private ContextProgram Other()
    {
        if (other is null)
        {
            other = new ContextProgram(node, context.Evaluation);
            other.EnsureSlots(1);
        }

        return other;
    }

    private int Find(int slot, long span)
    {
        for (var i = 0; i < marked.Count; i++)
        {
            if (marked[i].Slot == slot && marked[i].Span == span)
            {
                return i;
            }
        }

        return -1;
    }

    // The rows around what has changed: few at first, then more until they are known to be enough, at last all.
    private ContextRows ReadAround(in Partition partition, in Restart restart, long sequence, out TimeRange range)
    {
        ref readonly var newest = ref slots.Rows[partition.Slot];
        var isBounded = !reach.Total.IsUnbounded && newest.IsSeen != 0 && partition.Span <= newest.Span;
        if (isBounded && node.Time is ColumnExpression)
        {
            // A guess only: what it says decides how often is read, not what comes out.
            var gap = Math.Max((double)newest.Time - newest.Oldest, 0) / Math.Max(newest.Count, 1);
            var before = reach.Total.Nanos + ((reach.Total.Rows + 2) * gap) + 1;
            var after = before;
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                range = new TimeRange(Shift(partition.First, -before), Shift(partition.Last, after));
                if (partition.Span == newest.Span && range.From <= newest.Oldest)
                {
                    range = range with { From = long.MinValue };
                }

                if (range.To >= newest.Time)
                {
                    range = range with { To = long.MaxValue };
                }

                var rows = Read(partition, restart, range, sequence);
                var (isEnoughBefore, isEnoughAfter) = Probe(partition, range, rows);
                if (isEnoughBefore && isEnoughAfter)
                {
                    return rows;
                }

                rows.Dispose();
                before *= isEnoughBefore ? 1 : Widening;
                after *= isEnoughAfter ? 1 : Widening;
            }
        }

        range = RangeOf(partition, restart, newest);
        return Read(partition, restart, range, sequence);
    }

    // From the snapshot on, or the whole span: as far as its ends are known. The rows of the newest span have no end.
    private TimeRange RangeOf(in Partition partition, in Restart restart, in Newest newest)
    {
        var isNewest = newest.IsSeen == 0 || partition.Span >= newest.Span;
        var (from, to) = slots.TimesOf(partition.Span);
        from = Math.Max(from, restart.Time);
        if (newest.IsSeen != 0 && partition.Span == newest.Span)
        {
            from = Math.Max(from, Math.Min(newest.Oldest, partition.First));
        }

        return new TimeRange(from, isNewest ? long.MaxValue : Math.Min(to, restart.To));
    }

    // Rows before the first change and behind the last one are the same at both sequences.
    private (bool IsEnoughBefore, bool IsEnoughAfter) Probe(in Partition partition, TimeRange range, ContextRows rows)
    {
        var times = TimesOf(rows);
        var first = 0;
        while (first < times.Length && times[first] < partition.First)
        {
            first++;
        }

        var behindLast = first;
        while (behindLast < times.Length && times[behindLast] <= partition.Last)
        {
            behindLast++;
        }

        var isWhole = range.From == long.MinValue;
        var isToTheEnd = range.To == long.MaxValue;
        if (!isWhole || !isToTheEnd)
        {
            behind.Begin(0);
            ahead.Begin(behindLast);
            Compute(Other(), 0, default, rows, null);
        }

        return (isWhole || (first > 0 && behind.IsSettledAt(first)), isToTheEnd || ahead.IsSettledAt(times.Length));
    }

    private static long Shift(long time, double nanos)
    {
        var shifted = time + nanos;
        return shifted <= long.MinValue ? long.MinValue
            : shifted >= long.MaxValue ? long.MaxValue
            : (long)shifted;
    }

    private ReadOnlySpan<long> TimesOf(ContextRows rows) =>
        rows.Rows[layout.Order[0].Column].Values<long>()[..rows.Rows.RowCount];

    private ContextRows Read(in Partition partition, in Restart restart, TimeRange range, long sequence)
    {
        var kept = Batch.Allocate(layout.Rows.Schema, Batch.VectorRows, context.Pool);
        try
        {
            using var reader = context.History.Derive(
                slots.Narrow(partition.Slot, range.From, range.To, context.Evaluation.Symbols),
                sequence
            );
            while (reader.Next() is { } rows)
            {
                AppendMembers(partition, restart, rows, kept);
            }
        }
        catch
        {
            kept.Dispose();
            throw;
        }

        return ContextRows.Arrange(kept, layout, areInOrder: false, context.Evaluation);
    }

    private void AppendMembers(in Partition partition, in Restart restart, Batch rows, Batch kept)
    {
        chosen = chosen.Length < rows.RowCount ? new int[rows.RowCount] : chosen;
        var found = slots.Find(rows);
        var order = slots.OrderOf(rows);
        var count = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (
                found[row] == partition.Slot
                && order.SpanOf(row) == partition.Span
                && (!restart.HasState || restart.From.IsBefore(order.Times[row], order.SequenceOf(row)))
            )
            {
                chosen[count++] = row;
            }
        }

        if (count == rows.RowCount)
        {
            appender.Append(rows, kept);
            return;
        }

        members ??= Batch.Allocate(node.Inputs[0].Schema, Batch.VectorRows, context.Pool);
        members.Clear();
        members.AppendGather(rows, chosen.AsSpan(0, count));
        appender.Append(members, kept);
    }

    // In order as well, for they are rows of what is in order.
    private ContextRows UpTo(ContextRows rows, long sequence)
    {
        var all = rows.Rows;
        var sequences = all[layout.Order[1].Column].Values<long>();
        chosen = chosen.Length < all.RowCount ? new int[all.RowCount] : chosen;
        var count = 0;
        for (var row = 0; row < all.RowCount; row++)
        {
            if (sequences[row] <= sequence)
            {
                chosen[count++] = row;
            }
        }

        var were = Batch.Allocate(all.Schema, Math.Max(count, 1), context.Pool);
        were.AppendGather(all, chosen.AsSpan(0, count));
        return ContextRows.Arrange(were, layout, areInOrder: true, context.Evaluation);
    }

    // Without a target, it is only asked from where on the results are right. With a partition, snapshots are taken by the way.
    private void Compute(
        ContextProgram runner,
        int slot,
        in Restart restart,
        ContextRows rows,
        Batch? target,
        Partition? partition = null,
        bool keepLast = false
    )
    {
        if (restart.HasState)
        {
            runner.CopyIn(slot, snapshots.StateOf(restart));
        }
        else
        {
            runner.Reset(slot);
        }

        Span<int> places = stackalloc int[Batch.VectorRows];
        places.Fill(slot);
        var stride = partition is { } of && snapshots.AreKept ? snapshots.StrideOf(of.Slot) : 0;
        var stepRows = stride == 0 ? Batch.VectorRows : Math.Min(stride, Batch.VectorRows);
        var noted = 0;
        for (int start = 0, count; start < rows.Rows.RowCount; start += count)
        {
            count = Math.Min(stepRows, rows.Rows.RowCount - start);
            if (keepLast && start + count == rows.Rows.RowCount)
            {
                // The newest row by itself, behind all others.
                count = Math.Max(count - 1, 1);
                if (start + count == rows.Rows.RowCount && (start == 0 || IsPlace(rows, start - 1)))
                {
                    tail.Keep(slot);
                }
            }

            for (var i = 0; i < slice.ColumnCount; i++)
            {
                slice[i].Borrow(rows.Rows[i], start, count);
            }

            slice.SetRowCount(count);
            if (target is null)
            {
                _ = runner.Run(slice, places[..count], behind, ahead);
                continue;
            }

            target.AppendRange(runner.Run(slice, places[..count]), 0, count);
            if (stride > 0 && start + count - noted >= stride && IsPlace(rows, start + count - 1))
            {
                noted = start + count;
                snapshots.Take(
                    partition!.Value.Slot,
                    runner,
                    slot,
                    new Snapshot(
                        TimesOf(rows)[noted - 1],
                        SequenceOf(rows, noted - 1),
                        partition.Value.Span,
                        restart.Total + noted
                    ),
                    Math.Max(slots.Rows[partition.Value.Slot].Total, restart.Total + rows.Rows.RowCount)
                );
            }
        }
    }

    // Rows of equal time that nothing else orders are not told apart by a place between them.
    private bool IsPlace(ContextRows rows, int row) =>
        node.Sequence is not null || row + 1 == rows.Rows.RowCount || TimesOf(rows)[row] != TimesOf(rows)[row + 1];

    private long SequenceOf(ContextRows rows, int row) =>
        layout.Order.Length > 1 ? rows.Rows[layout.Order[1].Column].Values<long>()[row] : 0;

    private Newest NewestOf(
        ContextRows rows,
        in Partition partition,
        in Restart restart,
        TimeRange range,
        in Newest before
    )
    {
        var last = rows.Rows.RowCount - 1;
        var isWhole = !reach.Total.IsUnbounded ? range.From == long.MinValue : !restart.HasState;
        var total = reach.Total.IsUnbounded ? restart.Total + last + 1 : before.Total + 1;
        var due = snapshots.AreKept ? total + snapshots.StrideOf(partition.Slot) : 0;
        if (last < 0)
        {
            // No row of the span is left behind the restart: whatever comes before the change is late.
            return new Newest
            {
                Time = restart.HasState ? restart.From.Time : partition.First,
                Sequence = restart.HasState ? restart.From.Sequence : long.MinValue,
                Span = partition.Span,
                Oldest = restart.HasState ? before.Oldest : partition.First,
                Count = restart.HasState ? before.Count : 0,
                Total = total,
                Due = due,
                IsSeen = 1,
            };
        }

        return new Newest
        {
            Time = TimesOf(rows)[last],
            Sequence = SequenceOf(rows, last),
            Span = partition.Span,
            Oldest = isWhole ? TimesOf(rows)[0] : before.Oldest,
            Count = isWhole ? rows.Rows.RowCount : before.Count + 1,
            Total = total,
            Due = due,
            IsSeen = 1,
        };
    }

    // The times are those of the first and the last row that has changed.
    private readonly record struct Partition(
        int Slot,
        long Span,
        long First,
        long FirstSequence,
        long Last,
        DeltaCause Cause
    );

    private readonly record struct TimeRange(long From, long To);
}
