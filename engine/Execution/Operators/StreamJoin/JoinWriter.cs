using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Makes the output rows of an incremental join from slots of its two sides; a right slot of -1 is the missing side of a left join.
/// Left rows that lie one behind the other are shown where they are.
/// </summary>
internal sealed class JoinWriter : IDisposable
{
    private readonly Batch view;
    private readonly Batch left;
    private readonly Batch right;

    public JoinWriter(BatchSchema leftSchema, BatchSchema rightSchema, BatchSchema schema, BlockPool pool)
    {
        view = Batch.CreateView(schema);
        left = Batch.Allocate(leftSchema, 64, pool);
        right = Batch.Allocate(rightSchema, 64, pool);
    }

    /// <summary>The pairs as rows, on loan until the next call.</summary>
    public Batch Write(Batch leftRows, ReadOnlySpan<int> leftSlots, Batch rightRows, ReadOnlySpan<int> rightSlots)
    {
        var count = leftSlots.Length;
        var areTogether = AreTogether(leftSlots);
        left.Clear();
        if (!areTogether)
        {
            left.AppendGather(leftRows, leftSlots);
        }

        for (var i = 0; i < left.ColumnCount; i++)
        {
            view[i].Borrow(areTogether ? leftRows[i] : left[i], areTogether && count > 0 ? leftSlots[0] : 0, count);
        }

        right.Clear();
        right.AppendGather(rightRows, rightSlots);
        for (var i = 0; i < right.ColumnCount; i++)
        {
            view[left.ColumnCount + i].Borrow(right[i], 0, count);
        }

        view.SetRowCount(count);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        left.Dispose();
        right.Dispose();
    }

    private static bool AreTogether(ReadOnlySpan<int> slots) =>
        slots.IsEmpty || (slots[^1] - slots[0] == slots.Length - 1 && IsAscending(slots));

    private static bool IsAscending(ReadOnlySpan<int> slots)
    {
        var first = slots[0];
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] != first + i)
            {
                return false;
            }
        }

        return true;
    }
}
