using System.Collections.Concurrent;
using TickStore.Core;
using TickStore.Storage.Head;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;

namespace TickStore.Storage;

/// <summary>
/// All tables as of the end of one commit. Opening one takes no lock that a writer holds; rows committed later are not
/// seen, and what is read stays as it is until the snapshot is disposed of, whatever is sealed, compacted or dropped
/// meanwhile. It keeps memory and files in use, so it should not be kept for long. Thread-safe.
/// </summary>
public sealed class Snapshot : IDisposable
{
    private readonly ISymbolTable symbols;
    private readonly Dictionary<StorageTable, TableVersion> versions;
    private readonly ConcurrentDictionary<StorageTable, ITableSource> sources = [];
    private int disposed;

    internal Snapshot(long sequence, uint epoch, ISymbolTable symbols, Dictionary<StorageTable, TableVersion> versions)
    {
        (Sequence, Epoch) = (sequence, epoch);
        (this.symbols, this.versions) = (symbols, versions);
        Tables = [.. versions.Keys.OrderBy(t => t.Id)];
    }

    /// <summary>The last <c>_seq</c> that is visible: the end of a commit.</summary>
    public long Sequence { get; }

    /// <summary>Which opening of the database it was taken in.</summary>
    public uint Epoch { get; }

    /// <summary>The tables, in the order they were made.</summary>
    public IReadOnlyList<StorageTable> Tables { get; }

    /// <summary>A table by name, ignoring case, or null.</summary>
    public StorageTable? FindTable(string name) =>
        Tables.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A table's rows, to be scanned. It lives as long as the snapshot. Throws UnknownName for a table that
    /// was made later.</summary>
    public ITableSource GetSource(StorageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return sources.GetOrAdd(table, MakeSource);
    }

    /// <summary>Lets go of memory and files. Scans of it must have ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            foreach (var version in versions.Values)
            {
                version.Release();
            }
        }
    }

    private SnapshotTable MakeSource(StorageTable table)
    {
        var version = VersionOf(table);
        var chunks = new List<RowChunk>();
        for (var i = 0; i < version.Chunks.Length; i++)
        {
            var chunk = version.Chunks[i];
            var rows = chunk.CountThrough(Sequence);
            if (rows == 0)
            {
                continue;
            }

            // Only the last chunk of a version takes more rows, and only until it is full.
            if (rows == chunk.RowCount && (i < version.Chunks.Length - 1 || rows == chunk.CapacityRows))
            {
                chunks.Add(chunk.Whole());
                continue;
            }

            var view = Batch.CreateView(new BatchSchema([.. table.Schema.AllColumns]));
            chunk.Borrow(view, 0, rows);
            chunks.Add(new RowChunk(view, rows));
        }

        return new SnapshotTable(table.Schema, symbols, Sequence, [.. version.Segments.Select(s => s.Reader)], chunks);
    }

    private TableVersion VersionOf(StorageTable table)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        return versions.TryGetValue(table, out var version)
            ? version
            : Throw.Error<TableVersion>(ErrorCode.UnknownName, $"Table {table.Name} is not in this snapshot");
    }
}
