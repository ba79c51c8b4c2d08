using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>The event times of a chunk in order of arrival: bounds of each vector of 1,024 rows, and whether they
/// ascend. Immutable.</summary>
internal sealed class ChunkTimes
{
    private readonly (long Min, long Max)[] bounds;

    /// <summary>Reads the times of a chunk, which has at least one row.</summary>
    public ChunkTimes(TableSchema schema, in RowChunk chunk)
    {
        RowCount = chunk.RowCount;
        var times = chunk.Rows[schema.TimeIndex].Values<long>()[..RowCount];
        bounds = new (long Min, long Max)[(RowCount + Batch.VectorRows - 1) / Batch.VectorRows];
        Union = (long.MaxValue, long.MinValue);
        IsAscending = true;
        for (var vector = 0; vector < bounds.Length; vector++)
        {
            var start = vector * Batch.VectorRows;
            var own = times.Slice(start, Math.Min(Batch.VectorRows, RowCount - start));
            bounds[vector] = ValueBounds.Of(own);
            IsAscending = IsAscending && bounds[vector].Min >= Union.Max && Ascends(own);
            Union = (Math.Min(Union.Min, bounds[vector].Min), Math.Max(Union.Max, bounds[vector].Max));
        }
    }

    /// <summary>Rows of the chunk when they were read.</summary>
    public int RowCount { get; }

    /// <summary>Smallest and largest of each vector.</summary>
    public ReadOnlySpan<(long Min, long Max)> Bounds => bounds;

    /// <summary>Smallest and largest of all.</summary>
    public (long Min, long Max) Union { get; }

    /// <summary>True where no row is earlier than the one before it: the order of arrival is that of (time,
    /// <c>_seq</c>) then.</summary>
    public bool IsAscending { get; }

    private static bool Ascends(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] < times[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
