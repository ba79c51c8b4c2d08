using System.Collections.Frozen;
using TickStore.Core;
using TickStore.Storage.Head;

namespace TickStore.Storage.Catalog;

/// <summary>
/// All that the log's frames change: tables, sources, counters, and how far sequence, time and symbols have come. A
/// function of the log: replaying the same frames gives the same state. Belongs to the sequencer, under its lock; the
/// set of tables is also read without it.
/// </summary>
internal sealed class DatabaseState
{
    private volatile TableSet tables = TableSet.Empty;

    public DatabaseState(BlockPool headPool) => HeadPool = headPool;

    /// <summary>Where chunks take their memory.</summary>
    public BlockPool HeadPool { get; }

    /// <summary>The dictionary.</summary>
    public SymbolTable Symbols { get; } = new();

    /// <summary>Symbols that the log (or the symbol file) tells of: what a restart would find.</summary>
    public int LoggedSymbolCount { get; set; }

    /// <summary><c>_seq</c> of the next row; the first is 1.</summary>
    public long NextSequence { get; set; } = 1;

    /// <summary><c>_ingest_ts</c> of the last commit.</summary>
    public long LastIngestNanos { get; set; }

    /// <summary>Number of the next table.</summary>
    public int NextTableId { get; set; } = 1;

    /// <summary>Number of the next source; 0 is nobody in particular.</summary>
    public int NextSourceId { get; set; } = 1;

    /// <summary>Which opening of the log wrote the frames applied last.</summary>
    public uint Epoch { get; set; }

    /// <summary>Where each opening of the log began.</summary>
    public EpochStarts EpochStarts { get; } = new();

    /// <summary>The tables as they are; a change replaces the set whole.</summary>
    public TableSet Tables => tables;

    /// <summary>Adds a table under its number.</summary>
    public StorageTable Add(int id, TableSchema schema)
    {
        var table = new StorageTable(id, schema, new TableHead(schema, HeadPool));
        tables = new TableSet([.. tables.All, table]);
        NextTableId = Math.Max(NextTableId, id + 1);
        return table;
    }

    /// <summary>Takes a table away. Snapshots that hold it keep reading.</summary>
    public void Remove(StorageTable table)
    {
        table.IsDropped = true;
        tables = new TableSet([.. tables.All.Where(t => t != table)]);
        table.Head.Rotate();
        table.Versions.Swap(TableVersion.Empty());
    }

    /// <summary>Every source ends: the process that fed them is gone.</summary>
    public void CloseAllSources()
    {
        foreach (var table in tables.All)
        {
            table.Watermark.RemoveAll();
        }
    }
}

/// <summary>The tables at one moment, by name and by number. Immutable.</summary>
internal sealed class TableSet
{
    private readonly FrozenDictionary<string, StorageTable> byName;
    private readonly FrozenDictionary<int, StorageTable> byId;

    public TableSet(StorageTable[] all)
    {
        All = all;
        byName = all.ToFrozenDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);
        byId = all.ToFrozenDictionary(t => t.Id);
    }

    public static TableSet Empty { get; } = new([]);

    /// <summary>In the order they were made.</summary>
    public StorageTable[] All { get; }

    public StorageTable? Find(string name) => byName.GetValueOrDefault(name);

    public StorageTable? Find(int id) => byId.GetValueOrDefault(id);
}
