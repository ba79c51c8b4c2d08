using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Compaction;

/// <summary>
/// Merges segments, so that slow feeds and late rows do not end in thousands of tiny files. Size-tiered: segments are
/// merged with others of about their size, so that each row is rewritten a few times only however long a partition
/// grows.
/// </summary>
public static class Compactor
{
    private const long FirstTierBytes = 256 << 10;

    /// <summary>
    /// Chooses what to merge. Call it again when the merges are done: larger segments may then be worth merging in
    /// turn.
    /// </summary>
    /// <param name="segments">All segments of one partition of one table, in any order.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <returns>Groups of segments to merge into one each; no segment is in two. Empty where nothing is worth
    /// it.</returns>
    public static IReadOnlyList<IReadOnlyList<SegmentInfo>> Plan(
        IReadOnlyList<SegmentInfo> segments,
        CompactionOptions? options = null
    )
    {
        options ??= new CompactionOptions();
        options.Validate();
        var plan = new List<IReadOnlyList<SegmentInfo>>();
        var left = new List<SegmentInfo>();
        foreach (var segment in segments)
        {
            if (segment.FileBytes < options.SegmentBytesMax)
            {
                left.Add(segment);
            }
        }

        left.Sort(ByTime);
        for (var tier = 0; tier < 64; tier++)
        {
            PlanTier(left.FindAll(segment => TierOf(segment) == tier), options, plan);
        }

        foreach (var group in plan)
        {
            left.RemoveAll(segment => group.Contains(segment));
        }

        PlanOverlaps(left, options, plan);
        return plan;
    }

    /// <summary>
    /// Merges segments of one table into a new one, with the guarantees of <see cref="SegmentWriter.Write"/>: durable
    /// under its name on return, and not there at all on failure. Streams: holds a window of rows, not the segments.
    /// The inputs stay as they are; the caller names the new segment in place of them, and deletes them once no
    /// snapshot needs them.
    /// </summary>
    /// <param name="segments">At least one; all with the same columns and roles, no row in two of them.</param>
    /// <param name="files">The device.</param>
    /// <param name="path">The file to write; its folder exists.</param>
    /// <param name="pool">Lends the memory of the merge.</param>
    /// <param name="cancellationToken">Checked per vector.</param>
    public static SegmentInfo Run(
        IReadOnlyList<SegmentReader> segments,
        IFileSystem files,
        string path,
        BlockPool pool,
        CancellationToken cancellationToken = default
    )
    {
        var schema =
            segments.Count > 0
                ? segments[0].Schema
                : Throw.Error<TableSchema>(ErrorCode.InvalidArgument, "A merge needs at least one segment");
        var (runs, directories, commits) = (new List<ScanRun>(), new List<SymbolRuns>(), new List<CommitIndex>());
        var minSequence = long.MaxValue;
        foreach (var segment in segments)
        {
            if (segment.Info.SchemaFingerprint != segments[0].Info.SchemaFingerprint)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{segment.Info.Path} and {segments[0].Info.Path} have different columns: they cannot be merged"
                );
            }

            runs.Add(new SegmentRun(segment));
            directories.Add(segment.Footer.Runs);
            commits.Add(segment.Commits);
            minSequence = Math.Min(minSequence, segment.Info.MinSequence);
        }

        var request = new ScanRequest { Columns = [.. Enumerable.Range(0, schema.AllColumns.Count)] };
        var plan = new ScanPlan(schema, long.MaxValue, request, pool, cancellationToken);
        var symbols = SymbolRuns.Merge(directories);
        using var reader = new ClusteredReader(plan, runs, symbols);
        reader.Start(0, symbols.Count);
        using var builder = new SegmentBuilder(schema, symbols, CommitIndex.Merge(commits), minSequence, files, path);
        using var vector = Batch.Allocate(plan.BatchSchema, Batch.VectorRows, pool);
        while (reader.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; )
            {
                var count = Math.Min(batch.RowCount - row, builder.NextVectorRows - vector.RowCount);
                if (count == 0)
                {
                    Throw.Error(ErrorCode.Internal, $"{path}: more rows came out of the merge than its inputs have");
                }

                vector.AppendRange(batch, row, count);
                row += count;
                if (vector.RowCount == builder.NextVectorRows)
                {
                    builder.AppendVector(vector);
                    vector.Clear();
                }
            }
        }

        return builder.Finish();
    }

    // A tier is four times as large as the one before: merging four of its segments gives one of the next.
    private static int TierOf(SegmentInfo segment)
    {
        var tier = 0;
        for (var bytes = segment.FileBytes; bytes >= FirstTierBytes; bytes /= 4)
        {
            tier++;
        }

        return tier;
    }

    private static void PlanTier(
        List<SegmentInfo> tier,
        CompactionOptions options,
        List<IReadOnlyList<SegmentInfo>> plan
    )
    {
        var open = new List<SegmentInfo>();
        var bytes = 0L;
        foreach (var segment in tier)
        {
            if (open.Count == options.MergeCountMax || bytes + segment.FileBytes > options.SegmentBytesMax)
            {
                Close();
            }

            open.Add(segment);
            bytes += segment.FileBytes;
        }

        Close();

        void Close()
        {
            if (open.Count >= options.MergeCountMin)
            {
                plan.Add(open);
            }

            (open, bytes) = ([], 0);
        }
    }

    // Sweeps through time; where too many segments are open at once, the smallest of them become one.
    private static void PlanOverlaps(
        List<SegmentInfo> segments,
        CompactionOptions options,
        List<IReadOnlyList<SegmentInfo>> plan
    )
    {
        var open = new List<SegmentInfo>();
        foreach (var segment in segments)
        {
            open.RemoveAll(other => other.MaxTime < segment.MinTime);
            open.Add(segment);
            if (open.Count < options.OverlapCountMax)
            {
                continue;
            }

            var group = new List<SegmentInfo>();
            var bytes = 0L;
            foreach (var other in open.OrderBy(other => other.FileBytes))
            {
                if (bytes + other.FileBytes <= options.SegmentBytesMax && group.Count < options.MergeCountMax)
                {
                    group.Add(other);
                    bytes += other.FileBytes;
                }
            }

            if (group.Count >= options.MergeCountMin)
            {
                plan.Add(group);
                open.RemoveAll(group.Contains);
            }
        }
    }

    private static int ByTime(SegmentInfo left, SegmentInfo right)
    {
        var byTime = left.MinTime.CompareTo(right.MinTime);
        return byTime != 0 ? byTime : left.MinSequence.CompareTo(right.MinSequence);
    }
}
