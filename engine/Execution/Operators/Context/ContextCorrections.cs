using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The partitions of a step (a key, and a span between two resets) whose rows must be read back: what they were and what they are is
/// computed by the same program, and matched by the rows' keys.
/// </summary>
internal sealed class ContextCorrections : IDisposable
{
    private readonly ContextNode node;
    private readonly ContextSlots slots;
    private readonly ContextProgram program;
    private readonly CircuitContext context;
    private readonly ContextLayout layout;
    private readonly RowAppender appender;
    private readonly Batch slice;
    private readonly ContextDifferences differences;
    private readonly bool isBySequence;
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

    /// <summary>Marks a partition.</summary>
    public void Mark(int slot, long span, DeltaCause cause)
    {
        EnsureSlots(slot + 1);
        if (!IsMarked(slot, span))
        {
            isMarked[slot] = true;
            marked.Add(new Partition(slot, span, cause));
        }
    }

    /// <summary>True where a partition is marked.</summary>
    public bool IsMarked(int slot, long span)
    {
        if (!isMarked[slot])
        {
            return false;
        }

        foreach (var partition in marked)
        {
            if (partition.Slot == slot && partition.Span == span)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What differs between the partitions at two sequences; takes over the states of those that are current.</summary>
    public DeltaBatch Run(long before, long now)
    {
        differences.Clear();
        foreach (var partition in marked)
        {
            Count++;
            isMarked[partition.Slot] = false;
            using var rows = Read(partition, now);
            if (isBySequence)
            {
                using var were = UpTo(rows, before);
                Compute(Other(), 0, were, differences.Old);
            }
            else
            {
                using var were = Read(partition, before);
                Compute(Other(), 0, were, differences.Old);
            }

            ref var newest = ref slots.Rows[partition.Slot];
            var isCurrent = newest.IsSeen == 0 || partition.Span >= newest.Span;
            Compute(isCurrent ? program : Other(), isCurrent ? partition.Slot : 0, rows, differences.New);
            if (isCurrent)
            {
                newest = NewestOf(rows, partition.Span);
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

    private ContextRows Read(in Partition partition, long sequence)
    {
        var kept = Batch.Allocate(layout.Rows.Schema, Batch.VectorRows, context.Pool);
        try
        {
            using var reader = context.History.Derive(
                slots.Narrow(partition.Slot, context.Evaluation.Symbols),
                sequence
            );
            while (reader.Next() is { } rows)
            {
                AppendMembers(partition, rows, kept);
            }
        }
        catch
        {
            kept.Dispose();
            throw;
        }

        return ContextRows.Arrange(kept, layout, areInOrder: false, context.Evaluation);
    }

    private void AppendMembers(in Partition partition, Batch rows, Batch kept)
    {
        chosen = chosen.Length < rows.RowCount ? new int[rows.RowCount] : chosen;
        var found = slots.Find(rows);
        var order = slots.OrderOf(rows);
        var count = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (found[row] == partition.Slot && order.SpanOf(row) == partition.Span)
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

    private void Compute(ContextProgram runner, int slot, ContextRows rows, Batch target)
    {
        runner.Reset(slot);
        Span<int> places = stackalloc int[Batch.VectorRows];
        places.Fill(slot);
        for (var start = 0; start < rows.Rows.RowCount; start += Batch.VectorRows)
        {
            var count = Math.Min(Batch.VectorRows, rows.Rows.RowCount - start);
            for (var i = 0; i < slice.ColumnCount; i++)
            {
                slice[i].Borrow(rows.Rows[i], start, count);
            }

            slice.SetRowCount(count);
            target.AppendRange(runner.Run(slice, places[..count]), 0, count);
        }
    }

    private Newest NewestOf(ContextRows rows, long span)
    {
        var last = rows.Rows.RowCount - 1;
        return last < 0
            ? default
            : new Newest
            {
                Time = rows.Rows[layout.Order[0].Column].Values<long>()[last],
                Sequence = layout.Order.Length > 1 ? rows.Rows[layout.Order[1].Column].Values<long>()[last] : 0,
                Span = span,
                IsSeen = 1,
            };
    }

    private readonly record struct Partition(int Slot, long Span, DeltaCause Cause);
}
