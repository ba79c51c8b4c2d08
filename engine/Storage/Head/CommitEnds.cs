using TickStore.Core;

namespace TickStore.Storage.Head;

/// <summary>
/// Finds where commits end. All rows of a commit have one <c>_ingest_ts</c>, which no other commit has; so the commit
/// that a sequence lies in begins at the first sequence that has the same time stamp. Segments know when their rows
/// were committed, and chunks ascend by sequence: a few binary searches a table, no scan.
/// </summary>
internal static class CommitEnds
{
    /// <summary>The largest end of a commit that is at most <paramref name="sequence"/>.</summary>
    public static long RoundDown(long sequence, Dictionary<StorageTable, TableVersion> versions)
    {
        // The commit of a sequence is the last one that begins at or before it in any table. If the next sequence is of
        // another commit (or of none), this one ends here.
        var own = LastAtOrBefore(sequence, versions);
        var next = LastAtOrBefore(sequence + 1, versions);
        if (own.IngestNanos == long.MinValue || own.IngestNanos != next.IngestNanos)
        {
            return sequence;
        }

        // It may also end here without a successor: then no table has a later row of it.
        return HasRowBehind(sequence, own.IngestNanos, versions) ? FirstOf(own.IngestNanos, versions) - 1 : sequence;
    }

    private static (long FirstSequence, long IngestNanos) LastAtOrBefore(
        long sequence,
        Dictionary<StorageTable, TableVersion> versions
    )
    {
        var best = (FirstSequence: 0L, IngestNanos: long.MinValue);
        foreach (var version in versions.Values)
        {
            foreach (var segment in version.Segments)
            {
                var commits = segment.Reader.Commits;
                var at = UpperBound(commits.FirstSequences, sequence) - 1;
                if (at >= 0 && commits.IngestNanos[at] > best.IngestNanos)
                {
                    best = (commits.FirstSequences[at], commits.IngestNanos[at]);
                }
            }

            foreach (var chunk in version.Chunks)
            {
                var rows = chunk.CountThrough(sequence);
                if (rows > 0 && chunk.IngestTimes[rows - 1] > best.IngestNanos)
                {
                    best = (chunk.Sequences[rows - 1], chunk.IngestTimes[rows - 1]);
                }
            }
        }

        return best;
    }

    private static bool HasRowBehind(long sequence, long ingestNanos, Dictionary<StorageTable, TableVersion> versions)
    {
        foreach (var version in versions.Values)
        {
            foreach (var segment in version.Segments)
            {
                // A segment's last sequence of the commit is not known without reading rows; its neighbours are. Being
                // careful here only rounds down further, to a commit end all the same.
                var at = segment.Reader.Commits.IngestNanos.BinarySearch(ingestNanos);
                if (at >= 0 && segment.Entry.MaxSequence > sequence)
                {
                    return true;
                }
            }

            foreach (var chunk in version.Chunks)
            {
                var rows = chunk.CountThrough(sequence);
                if (rows < chunk.RowCount && chunk.IngestTimes[rows] == ingestNanos)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static long FirstOf(long ingestNanos, Dictionary<StorageTable, TableVersion> versions)
    {
        var first = long.MaxValue;
        foreach (var version in versions.Values)
        {
            foreach (var segment in version.Segments)
            {
                var commits = segment.Reader.Commits;
                var at = LowerBound(commits.IngestNanos, ingestNanos);
                first =
                    at < commits.Count && commits.IngestNanos[at] == ingestNanos
                        ? Math.Min(first, commits.FirstSequences[at])
                        : first;
            }

            foreach (var chunk in version.Chunks)
            {
                var at = LowerBound(chunk.IngestTimes, ingestNanos);
                if (at < chunk.RowCount && chunk.IngestTimes[at] == ingestNanos)
                {
                    first = Math.Min(first, chunk.Sequences[at]);
                }
            }
        }

        return first;
    }

    private static int UpperBound(ReadOnlySpan<long> values, long value) => LowerBound(values, value + 1);

    private static int LowerBound(ReadOnlySpan<long> values, long value)
    {
        var (low, high) = (0, values.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (values[middle] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
