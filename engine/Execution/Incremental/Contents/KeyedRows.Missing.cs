using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Rows that are put in where nothing is there: for contents that are filled in while they change.</summary>
public sealed partial class KeyedRows
{
    private int[] missing = [];
    private Batch? missingRows;

    /// <summary>Says which keys are there.</summary>
    /// <param name="keyed">A batch whose columns at <see cref="KeyColumns"/> are looked at, and no others.</param>
    /// <param name="isThere">A byte a row: set to 1 where the key is there, else to 0.</param>
    public void FindKeys(Batch keyed, Span<byte> isThere)
    {
        EnsureRows(keyed.RowCount);
        FindNumbers(keyed);
        for (var row = 0; row < keyed.RowCount; row++)
        {
            isThere[row] = numbers[row] >= 0 ? (byte)1 : (byte)0;
        }
    }

    /// <summary>
    /// Puts in those rows whose keys are not there, and are not to be left out; rows that are there stay as they are. A key comes once at
    /// most in the batch.
    /// </summary>
    /// <param name="rows">Rows of <see cref="Schema"/>.</param>
    /// <param name="isLeftOut">A byte a row, 1 for one that is not put in; empty for none.</param>
    /// <returns>How many rows were put in.</returns>
    public int AddMissing(Batch rows, ReadOnlySpan<byte> isLeftOut)
    {
        EnsureRows(rows.RowCount);
        FindNumbers(rows);
        missing = missing.Length < rows.RowCount ? new int[numbers.Length] : missing;
        var count = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (numbers[row] < 0 && (isLeftOut.IsEmpty || isLeftOut[row] == 0))
            {
                missing[count++] = row;
            }
        }

        if (count == rows.RowCount)
        {
            Apply(new DeltaBatch(rows));
        }
        else if (count > 0)
        {
            missingRows ??= Batch.Allocate(Schema, Batch.VectorRows, pool);
            missingRows.Clear();
            missingRows.AppendGather(rows, missing.AsSpan(0, count));
            Apply(new DeltaBatch(missingRows));
        }

        return count;
    }

    private void FindNumbers(Batch keyed)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = keyed[KeyColumns[i]];
        }

        index.Prepare(keys, keyed.RowCount, mayAdd: false);
        index.Find(numbers.AsSpan(0, keyed.RowCount));
    }

    private void EnsureRows(int rowCount)
    {
        if (numbers.Length < rowCount)
        {
            numbers = new int[rowCount];
            had = new byte[rowCount];
        }
    }
}
