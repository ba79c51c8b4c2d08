using TickStore.Core;

namespace TickStore.Storage.Compaction;

/// <summary>When segments are worth merging.</summary>
public sealed record CompactionOptions
{
    /// <summary>A merged segment is not planned larger than that; what is as large already is left alone.</summary>
    public long SegmentBytesMax { get; init; } = 256L << 20;

    /// <summary>So many segments of about the same size are merged.</summary>
    public int MergeCountMin { get; init; } = 4;

    /// <summary>At most so many are merged at once, which bounds what a merge holds in memory.</summary>
    public int MergeCountMax { get; init; } = 32;

    /// <summary>So many segments that cover the same moment are merged whatever their sizes, for each costs every
    /// scan.</summary>
    public int OverlapCountMax { get; init; } = 12;

    internal void Validate()
    {
        if (SegmentBytesMax < 1 || MergeCountMin < 2 || MergeCountMax < MergeCountMin || OverlapCountMax < 2)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{this} is not possible: sizes are at least 1 byte, counts at least 2, the largest count not below the smallest"
            );
        }
    }
}
