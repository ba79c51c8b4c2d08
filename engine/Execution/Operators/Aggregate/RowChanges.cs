using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A batch of changes taken apart: the rows as they were, the rows as they are, and which of them belong together, in order. Keeps its
/// memory.
/// </summary>
internal sealed class RowChanges(BatchSchema schema, BlockPool pool) : IDisposable
{
    private RowChange[] rows = new RowChange[64];
    private int[] oldIndexes = new int[64];
    private int[] newIndexes = new int[64];
    private int[] newPlaces = new int[64];
    private int count;

    /// <summary>The rows that were.</summary>
    public Batch Old { get; } = Batch.Allocate(schema, 64, pool);

    /// <summary>The rows that are.</summary>
    public Batch New { get; } = Batch.Allocate(schema, 64, pool);

    /// <summary>The changes, in order.</summary>
    public ReadOnlySpan<RowChange> Rows => rows.AsSpan(0, count);

    /// <summary>Takes a batch of changes apart.</summary>
    public void Split(in DeltaBatch delta)
    {
        count = delta.RowCount;
        if (rows.Length < count)
        {
            var size = Math.Max(count, rows.Length * 2);
            rows = new RowChange[size];
            oldIndexes = new int[size];
            newIndexes = new int[size];
            newPlaces = new int[size];
        }

        var (oldCount, newCount) = (0, 0);
        for (var row = 0; row < count; row++)
        {
            var (old, added) = (-1, -1);
            if (delta.Old is not null && delta.HasOld[row] != 0)
            {
                old = oldCount;
                oldIndexes[oldCount++] = row;
            }

            if (!delta.IsDelete(row))
            {
                added = newCount;
                newIndexes[newCount++] = row;
            }

            rows[row] = new RowChange(old, added);
        }

        Old.Clear();
        New.Clear();
        if (oldCount > 0)
        {
            Old.AppendGather(delta.Old!, oldIndexes.AsSpan(0, oldCount));
        }

        New.AppendGather(delta.Rows, newIndexes.AsSpan(0, newCount));
    }

    /// <summary>Keeps the groups of the new rows while those of the old ones are looked up.</summary>
    public ReadOnlySpan<int> KeepNewPlaces(ReadOnlySpan<int> places)
    {
        places.CopyTo(newPlaces);
        return newPlaces.AsSpan(0, places.Length);
    }

    /// <summary>Marks the groups as touched, and counts their rows.</summary>
    public void Touch(
        in DeltaBatch delta,
        ReadOnlySpan<int> oldPlaces,
        ReadOnlySpan<int> newPlaces,
        IncrementalGroups groups
    )
    {
        for (var row = 0; row < count; row++)
        {
            var cause = delta.CauseOf(row);
            if (rows[row].Old >= 0)
            {
                var place = oldPlaces[rows[row].Old];
                if (place < 0)
                {
                    Throw.Error(ErrorCode.Internal, "A row was changed that had never been added");
                }

                groups.Touch(place, cause);
                groups.RowsOf(place)--;
            }

            if (rows[row].New >= 0)
            {
                var place = newPlaces[rows[row].New];
                groups.Touch(place, cause);
                groups.RowsOf(place)++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Old.Dispose();
        New.Dispose();
    }
}
