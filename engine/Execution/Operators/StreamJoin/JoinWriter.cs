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
    private readonly bool[] isWanted;

    public JoinWriter(BatchSchema leftSchema, BatchSchema rightSchema, BatchSchema schema, BlockPool pool)
    {
        view = Batch.CreateView(schema);
        left = Batch.Allocate(leftSchema, 64, pool);
        right = Batch.Allocate(rightSchema, 64, pool);
        isWanted = new bool[leftSchema.ColumnCount + rightSchema.ColumnCount];
        isWanted.AsSpan().Fill(true);
    }

    /// <summary>Copies no columns that nobody reads; at most <see cref="Batch.VectorRows"/> pairs at a time then.</summary>
    /// <param name="columns">True for each column of the output that is read.</param>
    public void WantOnly(ReadOnlySpan<bool> columns)
    {
        columns.CopyTo(isWanted);
        for (var i = 0; i < isWanted.Length; i++)
        {
            var column = i < left.ColumnCount ? left[i] : right[i - left.ColumnCount];
            for (var row = 0; !isWanted[i] && row < Batch.VectorRows; row++)
            {
                column.AppendNull();
            }
        }
    }

    /// <summary>The pairs as rows, on loan until the next call.</summary>
    public Batch Write(Batch leftRows, ReadOnlySpan<int> leftSlots, Batch rightRows, ReadOnlySpan<int> rightSlots)
    {
        var count = leftSlots.Length;
        var areTogether = AreTogether(leftSlots);
        for (var i = 0; i < left.ColumnCount; i++)
        {
            if (areTogether)
            {
                view[i].Borrow(leftRows[i], count > 0 ? leftSlots[0] : 0, count);
                continue;
            }

            Gather(leftRows[i], leftSlots, left[i], isWanted[i]);
            view[i].Borrow(left[i], 0, count);
        }

        for (var i = 0; i < right.ColumnCount; i++)
        {
            Gather(rightRows[i], rightSlots, right[i], isWanted[left.ColumnCount + i]);
            view[left.ColumnCount + i].Borrow(right[i], 0, count);
        }

        view.SetRowCount(count);
        return view;
    }

    private static void Gather(ColumnVector source, ReadOnlySpan<int> slots, ColumnVector target, bool isWanted)
    {
        if (isWanted)
        {
            target.SetRowCount(0);
            VectorCopy.AppendGather(source, slots, target);
        }
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
