using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Recovery;

namespace TickStore.Storage;

/// <summary>Sealing, compaction, checks and statistics.</summary>
public sealed partial class StorageEngine
{
    /// <summary>Seals all rows in memory into segments and makes a checkpoint, so that the next opening has little to
    /// replay.</summary>
    /// <returns>Rows sealed.</returns>
    public long Seal() => checkpointer.Seal(state.Tables.All);

    /// <summary>As <see cref="Seal()"/>, for one table.</summary>
    public long Seal(StorageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return checkpointer.Seal([table]);
    }

    /// <summary>
    /// Merges segments that are many and small into few, table by table, as far as it is worth it. Rows stay as they
    /// are, and snapshots that are open keep reading the old files, which are deleted after them.
    /// </summary>
    /// <returns>Segments that were merged away.</returns>
    public int Compact() => Compact(yields: false);

    private int Compact(bool yields)
    {
        var merged = 0;
        foreach (var table in state.Tables.All)
        {
            while (checkpointer.Compact(table, yields) is var count and > 0)
            {
                merged += count;
            }
        }

        return merged;
    }

    /// <summary>
    /// Reads every file of the database and verifies every checksum. Log frames are read as far as they are durable.
    /// </summary>
    /// <returns>What was read, and each fault that was found.</returns>
    public CheckReport Check(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        var findings = new List<CheckFinding>();
        var checkedCount = 0;
        var manifestPath = Path.Combine(folder, Manifest.FileName);
        var symbolPath = Path.Combine(folder, SymbolFile.FileName);
        Try(manifestPath, () => Manifest.Read(files, manifestPath));
        Try(symbolPath, () => checkpointer.Exclusively(() => symbolFile.Check(symbolPath)));
        Try(Opening.LogFolder(folder), () => CheckLog(cancellationToken));
        foreach (var path in States.Paths)
        {
            Try(path, () => States.Check(path));
        }

        foreach (var table in state.Tables.All)
        {
            var version = table.Versions.Acquire();
            try
            {
                foreach (var segment in version.Segments)
                {
                    Try(segment.Reader.Info.Path, () => segment.Reader.Check(Pool, cancellationToken));
                }
            }
            finally
            {
                version.Release();
            }
        }

        return new CheckReport(checkedCount, findings);

        void Try(string path, Action check)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                checkedCount++;
                check();
            }
            catch (TickStoreException e)
            {
                // A location inside the file is in the message; the log's folder stands for the file that the error names.
                var file =
                    e.Location is { } location && !location.StartsWith(path + ",", StringComparison.Ordinal)
                        ? location
                        : path;
                findings.Add(new CheckFinding(file, e.Message));
            }
        }
    }

    /// <summary>What the catalog tells of a table. O(segments + rows in memory).</summary>
    public TableStatistics GetStatistics(StorageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        TableCounters counters;
        lock (sequencer.Gate)
        {
            counters = table.Counters;
        }

        var version = table.Versions.Acquire();
        try
        {
            return TableStatistics.Gather(table, counters, version);
        }
        finally
        {
            version.Release();
        }
    }

    private void CheckLog(CancellationToken cancellationToken)
    {
        var end = log.DurablePosition;
        for (var isDone = false; !isDone; )
        {
            var start = checkpointer.ReplayPosition;
            try
            {
                using var reader = log.OpenReader(start, durableOnly: true);
                while (reader.TryRead(out var frame) && frame.EndPosition < end)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                isDone = true;
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.OutOfRange && checkpointer.ReplayPosition > start)
            {
                // A checkpoint truncated the log under the reader: what is left is read from its new beginning.
            }
        }
    }
}
