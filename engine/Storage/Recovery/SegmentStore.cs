using System.Globalization;
using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Compaction;
using TickStore.Storage.Devices;
using TickStore.Storage.Head;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Recovery;

/// <summary>
/// The folder of segment files: names them, writes them from chunks, opens those that the manifest names and deletes
/// those that it does not. Used by one thread at a time.
/// </summary>
internal sealed class SegmentStore(IFileSystem files, string folder, BlockCache cache, BlockPool pool)
{
    /// <summary>Name of the folder in the database's folder.</summary>
    public const string FolderName = "segments";

    private readonly string directory = Path.Combine(folder, FolderName);
    private readonly Lock dropping = new();
    private readonly List<(int TableId, SegmentHandle Segment)> dropped = [];

    /// <summary>Number of the next file; counts up over the life of the database.</summary>
    public long NextFileNumber { get; set; } = 1;

    /// <summary>The path of a segment's file.</summary>
    public string PathOf(int tableId, long fileNumber) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"t{tableId:D6}-{fileNumber:D12}.seg"));

    /// <summary>Takes the next file's path.</summary>
    public string TakePath(int tableId, out long fileNumber)
    {
        fileNumber = NextFileNumber++;
        return PathOf(tableId, fileNumber);
    }

    /// <summary>Writes the rows of chunks as segments, one a partition. The caller gets a reference on each.</summary>
    public List<SegmentHandle> Write(StorageTable table, HeadChunk[] chunks)
    {
        var views = new List<Batch>();
        var handles = new List<SegmentHandle>();
        try
        {
            var rows = new List<RowChunk>();
            foreach (var chunk in chunks)
            {
                var view = Batch.CreateView(new BatchSchema([.. table.Schema.AllColumns]));
                views.Add(view);
                chunk.Borrow(view, 0, chunk.RowCount);
                rows.Add(new RowChunk(view, chunk.RowCount));
            }

            var commits = CommitIndex.FromRows(table.Schema, rows);
            foreach (var (first, last) in PartitionsOf(table.Schema.Partition, chunks))
            {
                var path = TakePath(table.Id, out var number);
                var info = SegmentWriter.Write(table.Schema, rows, commits, files, path, pool, first, last);
                if (info is not null)
                {
                    handles.Add(Open(path, number, first, info));
                }
            }

            return handles;
        }
        catch
        {
            foreach (var handle in handles)
            {
                handle.MarkObsolete();
                handle.Release();
            }

            throw;
        }
        finally
        {
            foreach (var view in views)
            {
                view.Dispose();
            }
        }
    }

    /// <summary>Segments of one partition that are worth merging; empty if there are none.</summary>
    public static IReadOnlyList<SegmentHandle> PlanMerge(SegmentHandle[] all)
    {
        foreach (var partition in all.GroupBy(s => s.Entry.PartitionStart).OrderBy(p => p.Key))
        {
            var byInfo = partition.ToDictionary(s => s.Reader.Info);
            if (Compactor.Plan([.. byInfo.Keys]) is [var group, ..])
            {
                return [.. group.Select(info => byInfo[info])];
            }
        }

        return [];
    }

    /// <summary>Merges segments of one partition into a new one. The caller gets a reference on it.</summary>
    public SegmentHandle Merge(StorageTable table, IReadOnlyList<SegmentHandle> group)
    {
        var path = TakePath(table.Id, out var number);
        var info = Compactor.Run([.. group.Select(s => s.Reader)], files, path, pool);
        return Open(path, number, group[0].Entry.PartitionStart, info);
    }

    /// <summary>Opens a file that was just written.</summary>
    public SegmentHandle Open(string path, long fileNumber, long partitionStart, SegmentInfo info)
    {
        var entry = new SegmentEntry(
            fileNumber,
            partitionStart,
            info.RowCount,
            info.FileBytes,
            info.MinSequence,
            info.MaxSequence,
            info.MinTime,
            info.MaxTime
        );
        return new SegmentHandle(files, path, entry, SegmentReader.Open(files, path, cache));
    }

    /// <summary>Opens a segment that the manifest names, and checks that the file is the one it means.</summary>
    public SegmentHandle Open(ManifestTable table, SegmentEntry entry)
    {
        var path = PathOf(table.Id, entry.FileNumber);
        if (!files.FileExists(path))
        {
            Throw.Corrupt(
                path,
                $"the manifest names this segment of table {table.Schema.Name}, and there is no such file"
            );
        }

        var reader = SegmentReader.Open(files, path, cache);
        var info = reader.Info;
        if (
            info.RowCount != entry.RowCount
            || info.FileBytes != entry.FileBytes
            || info.MinSequence != entry.MinSequence
            || info.MaxSequence != entry.MaxSequence
            || info.Table != table.Schema.Name
        )
        {
            reader.Dispose();
            Throw.Corrupt(path, $"the manifest means another segment of table {table.Schema.Name} by this name");
        }

        return new SegmentHandle(files, path, entry, reader);
    }

    /// <summary>Deletes files that are not segments of the manifest: left over from a stop in the midst of
    /// work.</summary>
    public void DeleteOrphans(Manifest manifest)
    {
        var known = KnownNames(manifest);
        foreach (var name in files.ListFiles(directory))
        {
            if (!known.Contains(name))
            {
                files.DeleteFile(Path.Combine(directory, name));
            }
        }
    }

    /// <summary>Lets go of tables that this manifest no longer has: their files go when nobody reads them any
    /// more.</summary>
    public void DeleteDropped(Manifest manifest)
    {
        var tables = manifest.Tables.Select(t => t.Id).ToHashSet();
        List<SegmentHandle> gone;
        lock (dropping)
        {
            gone = [.. dropped.Where(d => !tables.Contains(d.TableId)).Select(d => d.Segment)];
            dropped.RemoveAll(d => !tables.Contains(d.TableId));
        }

        foreach (var segment in gone)
        {
            segment.MarkObsolete();
            segment.Release();
        }
    }

    /// <summary>Keeps segments of a table that is being dropped until the manifest no longer names them.</summary>
    public void KeepUntilCheckpoint(int tableId, IReadOnlyList<SegmentHandle> segments)
    {
        lock (dropping)
        {
            foreach (var segment in segments)
            {
                segment.Acquire();
                dropped.Add((tableId, segment));
            }
        }
    }

    private static HashSet<string> KnownNames(Manifest manifest)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in manifest.Tables)
        {
            foreach (var segment in table.Segments)
            {
                known.Add(string.Create(CultureInfo.InvariantCulture, $"t{table.Id:D6}-{segment.FileNumber:D12}.seg"));
            }
        }

        return known;
    }

    private static SortedSet<(long First, long Last)> PartitionsOf(PartitionUnit unit, HeadChunk[] chunks)
    {
        var found = new SortedSet<(long First, long Last)>();
        var current = (First: 1L, Last: 0L);
        foreach (var chunk in chunks)
        {
            foreach (var time in chunk.Times)
            {
                if (time < current.First || time > current.Last)
                {
                    current = Partitions.Around(unit, time);
                    found.Add(current);
                }
            }
        }

        return found;
    }
}
