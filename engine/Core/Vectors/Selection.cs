using System.Runtime.CompilerServices;

namespace TickStore.Core;

/// <summary>
/// Ascending row indexes of one batch that a filter let pass. Reused from batch to batch: it allocates only when a
/// batch is larger than any before.
/// </summary>
public sealed class Selection
{
    private int[] rows = new int[Batch.VectorRows];

    /// <summary>Rows selected.</summary>
    public int Count { get; private set; }

    /// <summary>The selected rows, ascending.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>Selects rows 0 to <paramref name="rowCount"/> - 1.</summary>
    public void SelectAll(int rowCount)
    {
        EnsureRoom(rowCount);
        for (var i = 0; i < rowCount; i++)
        {
            rows[i] = i;
        }

        Count = rowCount;
    }

    /// <summary>Selects the rows whose flag is 1. Branch-free: about one store a row.</summary>
    /// <param name="flags">A byte a row, 1 to keep and 0 to drop.</param>
    public void SelectWhere(ReadOnlySpan<byte> flags)
    {
        EnsureRoom(flags.Length + 1);
        var count = 0;
        var target = rows;
        for (var i = 0; i < flags.Length; i++)
        {
            target[count] = i;
            count += flags[i];
        }

        Count = count;
    }

    /// <summary>Keeps only those selected rows whose flag is 1.</summary>
    /// <param name="flags">A byte a row of the batch (not of the selection), 1 to keep.</param>
    public void NarrowWhere(ReadOnlySpan<byte> flags)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            var row = rows[i];
            rows[kept] = row;
            kept += flags[row];
        }

        Count = kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int rowCount)
    {
        if (rows.Length < rowCount)
        {
            rows = new int[rowCount];
        }
    }
}
