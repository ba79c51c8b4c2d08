using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// When which rows were committed: for each commit its first sequence and its <c>_ingest_ts</c>. Rows of one commit
/// have neighbouring sequences, so a row's <c>_ingest_ts</c> is that of the last commit that begins at or before it.
/// Filled by one thread, then read by any number.
/// </summary>
public sealed class CommitIndex
{
    private long[] firstSequences = new long[16];
    private long[] ingestNanos = new long[16];

    /// <summary>Commits.</summary>
    public int Count { get; private set; }

    /// <summary>First sequence of each commit, ascending.</summary>
    public ReadOnlySpan<long> FirstSequences => firstSequences.AsSpan(0, Count);

    /// <summary><c>_ingest_ts</c> of each commit, in nanoseconds since 1970.</summary>
    public ReadOnlySpan<long> IngestNanos => ingestNanos.AsSpan(0, Count);

    /// <summary>Adds a commit that begins after all those before. Amortised O(1).</summary>
    /// <param name="firstSequence">A sequence of the commit that is at most that of its first row here.</param>
    /// <param name="ingestTimeNanos">Its <c>_ingest_ts</c>.</param>
    public void Add(long firstSequence, long ingestTimeNanos)
    {
        if (Count > 0 && firstSequence <= firstSequences[Count - 1])
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A commit at sequence {firstSequence} cannot follow one at {firstSequences[Count - 1]}: they ascend"
            );
        }

        if (Count == firstSequences.Length)
        {
            Array.Resize(ref firstSequences, Count * 2);
            Array.Resize(ref ingestNanos, Count * 2);
        }

        firstSequences[Count] = firstSequence;
        ingestNanos[Count] = ingestTimeNanos;
        Count++;
    }

    /// <summary>The commits of several indexes as one; a commit that several know counts once.</summary>
    public static CommitIndex Merge(IReadOnlyList<CommitIndex> indexes)
    {
        var all = new List<(long FirstSequence, long IngestNanos)>();
        foreach (var index in indexes)
        {
            for (var i = 0; i < index.Count; i++)
            {
                all.Add((index.firstSequences[i], index.ingestNanos[i]));
            }
        }

        all.Sort();
        var merged = new CommitIndex();
        foreach (var (firstSequence, nanos) in all)
        {
            if (merged.Count == 0 || merged.firstSequences[merged.Count - 1] != firstSequence)
            {
                merged.Add(firstSequence, nanos);
            }
        }

        return merged;
    }

    /// <summary>
    /// Derives an index from rows that ascend by <c>_seq</c>: an entry wherever <c>_ingest_ts</c> changes. Exact as
    /// long as <c>_ingest_ts</c> never falls from one commit to the next.
    /// </summary>
    public static CommitIndex FromRows(TableSchema schema, IReadOnlyList<RowChunk> chunks)
    {
        var index = new CommitIndex();
        foreach (var chunk in chunks)
        {
            var sequences = chunk.Rows[schema.SequenceIndex].Values<long>();
            var times = chunk.Rows[schema.IngestTimeIndex].Values<long>();
            for (var row = 0; row < chunk.RowCount; row++)
            {
                if (index.Count == 0 || index.ingestNanos[index.Count - 1] != times[row])
                {
                    index.Add(sequences[row], times[row]);
                }
            }
        }

        return index;
    }

    /// <summary>Looks up the <c>_ingest_ts</c> of rows. O(1) a row where sequences stay within a commit or
    /// ascend.</summary>
    /// <param name="sequences">A <c>_seq</c> a row.</param>
    /// <param name="target">As many as there are sequences.</param>
    /// <returns>False where a sequence lies before the first commit.</returns>
    internal bool TryLookup(ReadOnlySpan<long> sequences, Span<long> target)
    {
        var starts = FirstSequences;
        var at = 0;
        for (var row = 0; row < sequences.Length; row++)
        {
            var sequence = sequences[row];
            if (!Holds(starts, at, sequence))
            {
                at++;
                if (!Holds(starts, at, sequence))
                {
                    var found = starts.BinarySearch(sequence);
                    at = found >= 0 ? found : ~found - 1;
                    if (at < 0)
                    {
                        return false;
                    }
                }
            }

            target[row] = ingestNanos[at];
        }

        return true;
    }

    private static bool Holds(ReadOnlySpan<long> starts, int at, long sequence) =>
        (uint)at < (uint)starts.Length
        && sequence >= starts[at]
        && (at + 1 == starts.Length || sequence < starts[at + 1]);
}
