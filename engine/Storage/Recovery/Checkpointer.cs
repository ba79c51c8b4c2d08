using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Devices;
using TickStore.Storage.Head;
using TickStore.Storage.Ingest;
using TickStore.Storage.Log;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Recovery;

/// <summary>
/// Moves rows from heads to segments and notes the database in a new manifest, after which the log behind it may go.
/// The order of steps is what makes a crash at any of them harmless:
/// <list type="number">
/// <item>segments are written and synced, under names that nobody knows yet;</item>
/// <item>a CHECKPOINT frame is appended and the state noted at it, both under the sequencer's lock;</item>
/// <item>the log is durable up to that frame, so that a manifest never says more than the log;</item>
/// <item>new symbols are appended to the symbol file and synced;</item>
/// <item>the manifest replaces the old one by rename: this is the moment at which the checkpoint happened;</item>
/// <item>versions are swapped, so that readers find each row in a segment or in the head, and never in both;</item>
/// <item>files that the old manifest named alone are deleted once unread, and the log is truncated.</item>
/// </list>
/// </summary>
internal sealed class Checkpointer
{
    private readonly Lock turn = new();
    private readonly DatabaseState state;
    private readonly Sequencer sequencer;
    private readonly LogWriter log;
    private readonly SymbolFile symbolFile;
    private readonly SegmentStore segments;
    private readonly IFileSystem files;
    private readonly string manifestPath;
    private long checkpoint;
    private long replayPosition;

    public Checkpointer(
        DatabaseState state,
        Sequencer sequencer,
        LogWriter log,
        SymbolFile symbolFile,
        SegmentStore segments,
        IFileSystem files,
        string folder,
        Manifest recovered
    )
    {
        (this.state, this.sequencer, this.log) = (state, sequencer, log);
        (this.symbolFile, this.segments, this.files) = (symbolFile, segments, files);
        manifestPath = Path.Combine(folder, Manifest.FileName);
        (checkpoint, replayPosition) = (recovered.Checkpoint, recovered.ReplayPosition);
    }

    /// <summary>Where a replay would begin now.</summary>
    public long ReplayPosition => Volatile.Read(ref replayPosition);

    /// <summary>Seals all rows that these tables hold in memory, and makes a checkpoint.</summary>
    /// <param name="tables">Those without rows in memory are passed over.</param>
    /// <param name="yields">Encodes on a thread that yields to all others.</param>
    /// <returns>Rows sealed.</returns>
    public long Seal(IReadOnlyList<StorageTable> tables, bool yields = false)
    {
        lock (turn)
        {
            sequencer.ThrowIfUnusable();
            var changes = new List<TableChange>();
            try
            {
                foreach (var table in tables)
                {
                    if (Freeze(table) is { } change)
                    {
                        changes.Add(change);
                        change.Added.AddRange(Encode(yields, () => segments.Write(table, change.Chunks)));
                    }
                }

                Install(changes);
                return changes.Sum(c => c.Chunks.Sum(chunk => (long)chunk.RowCount));
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.DeviceFailed)
            {
                sequencer.Stop(e);
                throw;
            }
            finally
            {
                Release(changes);
            }
        }
    }

    /// <summary>Merges a group of a table's small segments into one, and makes a checkpoint.</summary>
    /// <param name="table">Whose segments.</param>
    /// <param name="yields">Encodes on a thread that yields to all others.</param>
    /// <returns>Segments merged away; 0 where nothing is worth it.</returns>
    public int Compact(StorageTable table, bool yields = false)
    {
        lock (turn)
        {
            // Not only later, in the checkpoint: after the handle was closed the folder may be another process's.
            sequencer.ThrowIfUnusable();
            var version = table.Versions.Acquire();
            var change = new TableChange(table, version, []);
            try
            {
                var group = SegmentStore.PlanMerge(version.Segments);
                if (group.Count == 0 || table.IsDropped)
                {
                    return 0;
                }

                change.Added.Add(Encode(yields, () => segments.Merge(table, group)));
                change.Removed.AddRange(group);
                Install([change]);
                return group.Count;
            }
            catch (TickStoreException e) when (e.Code == ErrorCode.DeviceFailed)
            {
                sequencer.Stop(e);
                throw;
            }
            finally
            {
                Release([change]);
            }
        }
    }

    // The long part of sealing, which needs nothing but what it was given.
    private static T Encode<T>(bool yields, Func<T> encode) =>
        yields ? YieldingThread.Run("TickStore sealer", encode) : encode();

    /// <summary>Waits for a checkpoint that is under way. Once the sequencer was stopped, none comes after it: whoever
    /// gives up the folder's lock calls this first, or a manifest could be written over that of the next
    /// holder.</summary>
    public void AwaitIdle() => Exclusively(static () => { });

    /// <summary>Does something while no checkpoint is under way.</summary>
    public void Exclusively(Action action)
    {
        lock (turn)
        {
            action();
        }
    }

    /// <summary>Lets the table's next row begin a new chunk, and takes hold of those there are; null if it has no
    /// rows.</summary>
    private TableChange? Freeze(StorageTable table)
    {
        lock (sequencer.Gate)
        {
            sequencer.ThrowIfUnusable();
            var version = table.Versions.Current;
            if (table.IsDropped || version.Chunks.Length == 0)
            {
                return null;
            }

            version.TryAcquire();
            table.Head.Rotate();
            return new TableChange(table, version, version.Chunks);
        }
    }

    private void Install(List<TableChange> changes)
    {
        LogRange range;
        Manifest manifest;
        lock (sequencer.Gate)
        {
            range = sequencer.AppendCheckpoint();
            manifest = Note(changes, range.Position);
        }

        try
        {
            log.WaitDurable(range.EndPosition);
            symbolFile.AppendThrough(state.Symbols, manifest.SymbolCount);
            manifest = manifest with { SymbolFileBytes = symbolFile.LengthBytes };
            files.WriteAtomically(manifestPath, manifest.ToBytes());
        }
        catch (Exception e)
        {
            // Which of the two manifests the device holds is unknown now, whatever the error: only opening it anew can
            // tell. So no file that one of them names may go.
            foreach (var change in changes)
            {
                change.IsUncertain = true;
            }

            sequencer.Stop(
                e as TickStoreException
                    ?? new TickStoreException(ErrorCode.Internal, $"A checkpoint failed: {e.Message}", e)
            );
            throw;
        }

        lock (sequencer.Gate)
        {
            foreach (var change in changes)
            {
                change.IsInstalled = true;
                if (change.Table.IsDropped)
                {
                    // Dropped meanwhile: the manifest may name the new files, until the next one.
                    segments.KeepUntilCheckpoint(change.Table.Id, change.Added);
                    continue;
                }

                change.Table.Versions.Swap(change.NextVersion(change.Table.Versions.Current));
                change.Table.SealedThroughSequence = Math.Max(change.Table.SealedThroughSequence, change.SealedThrough);
            }
        }

        checkpoint = manifest.Checkpoint;
        Volatile.Write(ref replayPosition, manifest.ReplayPosition);
        segments.DeleteDropped(manifest);
        log.Truncate(manifest.ReplayPosition);
    }

    /// <summary>The state at a place in the log, with the changes as if they were made. Under the sequencer's
    /// lock.</summary>
    private Manifest Note(List<TableChange> changes, long position)
    {
        var tables = new List<ManifestTable>();
        var replayFrom = position;
        foreach (var table in state.Tables.All)
        {
            var change = changes.Find(c => c.Table == table);
            var version = table.Versions.Current;
            var remaining = version.Chunks.AsSpan(change?.Chunks.Length ?? 0);
            if (remaining.Length > 0)
            {
                replayFrom = Math.Min(replayFrom, remaining[0].FirstLogPosition);
            }

            tables.Add(
                new ManifestTable(
                    table.Id,
                    table.Schema,
                    Math.Max(table.SealedThroughSequence, change?.SealedThrough ?? 0),
                    table.Counters,
                    table.Watermark.Watermark,
                    [.. table.Watermark.Sources],
                    [.. (change?.NextSegments(version) ?? version.Segments).Select(s => s.Entry)]
                )
            );
        }

        return new Manifest
        {
            Checkpoint = checkpoint + 1,
            ReplayPosition = replayFrom,
            StatePosition = position,
            Epoch = state.Epoch,
            NextSequence = state.NextSequence,
            LastIngestNanos = state.LastIngestNanos,
            NextTableId = state.NextTableId,
            NextSourceId = state.NextSourceId,
            NextFileNumber = segments.NextFileNumber,
            SymbolCount = state.LoggedSymbolCount,
            SymbolFileBytes = symbolFile.LengthBytes,
            Tables = tables,
            EpochStarts = state.EpochStarts.All,
        };
    }

    private static void Release(List<TableChange> changes)
    {
        foreach (var change in changes)
        {
            foreach (
                var segment in change.IsInstalled ? change.Removed
                : change.IsUncertain ? []
                : change.Added
            )
            {
                segment.MarkObsolete();
            }

            foreach (var segment in change.Added)
            {
                segment.Release();
            }

            change.Version.Release();
        }
    }

    /// <summary>What a checkpoint does to one table.</summary>
    private sealed class TableChange(StorageTable table, TableVersion version, HeadChunk[] chunks)
    {
        public StorageTable Table { get; } = table;

        /// <summary>Keeps chunks and segments while the change is under way.</summary>
        public TableVersion Version { get; } = version;

        /// <summary>The oldest chunks, which no row is added to any more.</summary>
        public HeadChunk[] Chunks { get; } = chunks;

        public List<SegmentHandle> Added { get; } = [];

        public List<SegmentHandle> Removed { get; } = [];

        public bool IsInstalled { get; set; }

        public bool IsUncertain { get; set; }

        public long SealedThrough => Chunks.Length == 0 ? 0 : Chunks[^1].Sequences[^1];

        public SegmentHandle[] NextSegments(TableVersion current) => [.. current.Segments.Except(Removed), .. Added];

        public TableVersion NextVersion(TableVersion current) =>
            TableVersion.Create(NextSegments(current), current.Chunks[Chunks.Length..]);
    }
}
