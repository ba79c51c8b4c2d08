using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Makes the output batch of a join from pairs of rows; a right row of -1 is the missing side of a left join.
/// </summary>
internal sealed class PairWriter : IDisposable
{
    private readonly Batch view;
    private readonly ColumnVector[] left;
    private readonly ColumnVector[] right;

    public PairWriter(BatchSchema schema, int leftColumnCount, BlockPool pool)
    {
        view = Batch.CreateView(schema);
        left = new ColumnVector[leftColumnCount];
        right = new ColumnVector[schema.ColumnCount - leftColumnCount];
        try
        {
            for (var i = 0; i < schema.ColumnCount; i++)
            {
                (i < leftColumnCount ? ref left[i] : ref right[i - leftColumnCount]) = ColumnVector.Allocate(
                    schema[i].Type,
                    Batch.VectorRows,
                    pool
                );
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Pairs as one batch, on loan until the next call; left columns are shown where every left row occurs once, in
    /// order.
    /// </summary>
    public Batch Write(Batch leftRows, ReadOnlySpan<int> leftIndexes, Batch rightRows, ReadOnlySpan<int> rightIndexes)
    {
        var areAllLeft = leftIndexes.Length == leftRows.RowCount && IsIdentity(leftIndexes);
        for (var i = 0; i < left.Length; i++)
        {
            if (areAllLeft)
            {
                view[i].Borrow(leftRows[i], 0, leftRows.RowCount);
                continue;
            }

            left[i].SetRowCount(0);
            VectorCopy.AppendGather(leftRows[i], leftIndexes, left[i]);
            view[i].Borrow(left[i], 0, leftIndexes.Length);
        }

        for (var i = 0; i < right.Length; i++)
        {
            right[i].SetRowCount(0);
            VectorCopy.AppendGather(rightRows[i], rightIndexes, right[i]);
            view[left.Length + i].Borrow(right[i], 0, rightIndexes.Length);
        }

        view.SetRowCount(leftIndexes.Length);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var vector in left)
        {
            vector?.Dispose();
        }

        foreach (var vector in right)
        {
            vector?.Dispose();
        }
    }

    private static bool IsIdentity(ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
