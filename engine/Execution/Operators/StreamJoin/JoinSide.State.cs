using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A side to and from a checkpoint.</summary>
internal sealed partial class JoinSide
{
    /// <summary>Writes the rows and floors, at the end of a step.</summary>
    public void Save(StateWriter writer)
    {
        Compact(keepsAll: true);
        writer.WriteBatch(rows);
        writer.WriteSpan<int>(keys.Span);
        writer.WriteSpan<long>(floors.Span);
        writer.WriteSpan<long>(newestOld.Span);
    }

    /// <summary>Reads what <see cref="Save"/> wrote into an empty side.</summary>
    public void Load(StateReader reader)
    {
        using var loaded = Batch.Allocate(shape.Schema, 64, pool);
        reader.ReadBatch(loaded);
        int[] rowKeys = [.. reader.ReadSpan<int>()];
        long[] savedFloors = [.. reader.ReadSpan<long>()];
        long[] savedNewest = [.. reader.ReadSpan<long>()];
        if (rowKeys.Length != loaded.RowCount || savedFloors.Length != savedNewest.Length)
        {
            Throw.Error(ErrorCode.Corruption, "A saved join has rows without keys");
        }

        EnsureKeys(savedFloors.Length);
        savedFloors.CopyTo(floors.Span);
        savedNewest.CopyTo(newestOld.Span);
        var start = Store(loaded, rowKeys);
        for (var slot = start; slot < Count; slot++)
        {
            if (keys[slot] >= 0)
            {
                Link(slot, keys[slot]);
            }
        }

        FirstNew = Count;
        HasFloors = savedFloors.AsSpan().IndexOfAnyExcept(long.MinValue) >= 0;
        if (shape.IsKeyed)
        {
            removed.SetCount(Count);
            removed.Span.Clear();
            IdentifyAll();
        }
    }
}
