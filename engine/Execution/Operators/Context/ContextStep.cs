using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The new rows of a step, in the order of event time and sequence once all are there. Keeps its memory.</summary>
internal sealed class ContextStep(BatchSchema schema, BlockPool pool) : IDisposable
{
    private const int InsertionRowsMax = 64;

    private readonly Batch arrived = Batch.Allocate(schema, 64, pool);
    private readonly Batch sorted = Batch.Allocate(schema, 64, pool);
    private readonly GroupArray<ulong> codes = new(pool);
    private DeltaCause[] causes = new DeltaCause[64];
    private int[] places = new int[64];
    private bool isSorted;

    /// <summary>How many rows there are.</summary>
    public int RowCount => arrived.RowCount;

    /// <summary>False where every row's cause is <see cref="DeltaCause.New"/>.</summary>
    public bool HasCauses { get; private set; }

    /// <summary>Adds rows.</summary>
    public void Add(in DeltaBatch delta)
    {
        var start = arrived.RowCount;
        arrived.AppendRange(delta.Rows, 0, delta.RowCount);
        EnsureCauses();
        for (var i = 0; i < delta.RowCount; i++)
        {
            Note(start + i, delta.CauseOf(i));
        }
    }

    /// <summary>Adds one row.</summary>
    public void Add(Batch rows, int row, DeltaCause cause)
    {
        arrived.AppendRange(rows, row, 1);
        EnsureCauses();
        Note(arrived.RowCount - 1, cause);
    }

    /// <summary>The cause of a row of <see cref="InOrder"/>.</summary>
    public DeltaCause CauseOf(int row) => causes[isSorted ? places[row] : row];

    /// <summary>The rows, by event time and sequence; valid until the next change.</summary>
    public Batch InOrder(ContextSlots slots)
    {
        var order = slots.OrderOf(arrived);
        isSorted = false;
        for (var i = 1; i < arrived.RowCount; i++)
        {
            if (Compare(order, i - 1, i) > 0)
            {
                isSorted = true;
                break;
            }
        }

        if (!isSorted)
        {
            return arrived;
        }

        Sort(order);
        sorted.Clear();
        sorted.AppendGather(arrived, places.AsSpan(0, arrived.RowCount));
        return sorted;
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear()
    {
        arrived.Clear();
        HasCauses = false;
        isSorted = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        arrived.Dispose();
        sorted.Dispose();
        codes.Dispose();
    }

    private static int Compare(in RowOrder order, int left, int right)
    {
        var byTime = order.Times[left].CompareTo(order.Times[right]);
        return byTime != 0 ? byTime : order.SequenceOf(left).CompareTo(order.SequenceOf(right));
    }

    private void Sort(in RowOrder order)
    {
        var count = arrived.RowCount;
        if (places.Length < count)
        {
            places = new int[Math.Max(count, places.Length * 2)];
        }

        var into = places.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            into[i] = i;
        }

        if (count <= InsertionRowsMax)
        {
            for (var i = 1; i < count; i++)
            {
                var moving = into[i];
                var at = i;
                for (; at > 0 && Compare(order, into[at - 1], moving) > 0; at--)
                {
                    into[at] = into[at - 1];
                }

                into[at] = moving;
            }

            return;
        }

        using var rows = RowSort.Identity(count, pool);
        codes.EnsureCount(count);
        var values = codes.Values[..count];
        for (var i = 0; i < count && !order.Sequences.IsEmpty; i++)
        {
            values[i] = (ulong)order.Sequences[i] ^ (1UL << 63);
        }

        if (!order.Sequences.IsEmpty)
        {
            RowSort.SortBy(values, rows, pool);
        }

        for (var i = 0; i < count; i++)
        {
            values[i] = (ulong)order.Times[i] ^ (1UL << 63);
        }

        RowSort.SortBy(values, rows, pool);
        rows.Span[..count].CopyTo(into);
    }

    private void EnsureCauses()
    {
        if (causes.Length < arrived.RowCount)
        {
            Array.Resize(ref causes, Math.Max(arrived.RowCount, causes.Length * 2));
        }
    }

    private void Note(int row, DeltaCause cause)
    {
        causes[row] = cause;
        HasCauses |= cause != DeltaCause.New;
    }
}
