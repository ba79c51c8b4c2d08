using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which groups an aggregation over time buckets holds in memory: the newest ones. Older ones, whose buckets no row is expected for any
/// more, are let go, first made first; a row that comes all the same finds its group not later than the latest bucket that was let go,
/// and so it is known that the group must be read back.
/// </summary>
internal sealed class HotGroups(GroupRange range, IncrementalGroups groups, BlockPool pool) : IDisposable
{
    private readonly GroupArray<int> queue = new(pool);
    private int head;
    private long latestReleased = long.MinValue;

    /// <summary>Above this number groups are let go.</summary>
    public int GroupsMax { get; set; } = 1 << 16;

    /// <summary>Says that groups of this bucket and of earlier ones may be there, and are not held. Before the first group.</summary>
    public void BeginAfter(long bucket) => latestReleased = bucket;

    /// <summary>The groups that are held, first made first. A span of memory of this object.</summary>
    public ReadOnlySpan<int> InOrder => queue.Values[head..];

    /// <summary>Takes in a group that was just made; true where it may have been there before, and have been let go.</summary>
    public bool Add(int place)
    {
        if (range.BucketKey < 0)
        {
            return false;
        }

        queue.EnsureCount(queue.Count + 1);
        queue.Values[^1] = place;
        return latestReleased != long.MinValue && groups.BucketOf(range.BucketKey, place) <= latestReleased;
    }

    /// <summary>
    /// The next group to let go, or -1. Its bucket ended before the watermark. Asks each group once at most a step.
    /// </summary>
    public int TakeReleasable(long watermark, ref int asked)
    {
        while (groups.LiveCount > GroupsMax && queue.Count > head && asked++ < GroupsMax)
        {
            var place = queue.Values[head++];
            var bucket = groups.BucketOf(range.BucketKey, place);
            if (range.Times!.RangeOf(bucket).To < watermark)
            {
                latestReleased = Math.Max(latestReleased, bucket);
                return place;
            }

            // Of a time to come yet: it stands in the way of no other.
            queue.EnsureCount(queue.Count + 1);
            queue.Values[^1] = place;
            if (asked > 16)
            {
                break;
            }
        }

        return -1;
    }

    /// <summary>Closes the gap that groups let go have left. Amortised O(1) a group.</summary>
    public void Compact()
    {
        if (head > 64 && head > queue.Count / 2)
        {
            queue.Values[head..].CopyTo(queue.Values);
            queue.Truncate(queue.Count - head);
            head = 0;
        }
    }

    /// <summary>Writes what was let go; the groups that are held are written by others, in their order here.</summary>
    public void Save(StateWriter writer) => writer.Write(latestReleased);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader, ReadOnlySpan<int> live)
    {
        latestReleased = reader.Read<long>();
        queue.Reset();
        head = 0;
        if (range.BucketKey >= 0)
        {
            queue.EnsureCount(live.Length);
            live.CopyTo(queue.Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => queue.Dispose();
}
