using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Head;
using TickStore.Storage.Ingest;

namespace TickStore.Storage;

/// <summary>
/// A table of an open database: the handle that commits name it by. Its schema never changes. Thread-safe; after a
/// DROP TABLE commits to it fail with <see cref="ErrorCode.UnknownName"/>.
/// </summary>
public sealed class StorageTable
{
    private bool isDropped;

    internal StorageTable(int id, TableSchema schema, TableHead head)
    {
        Id = id;
        Schema = schema;
        Head = head;
        Watermark = new TableWatermark(schema.LatenessNanos);
        Versions = new VersionHolder(TableVersion.Empty());
    }

    /// <summary>Its number: unique in the database, and never given again.</summary>
    public int Id { get; }

    /// <summary>Its columns and their roles.</summary>
    public TableSchema Schema { get; }

    /// <summary>Its name.</summary>
    public string Name => Schema.Name;

    // All below belongs to the sequencer, under its lock, unless said otherwise.
    internal TableHead Head { get; }

    internal TableWatermark Watermark { get; }

    internal TableCounters Counters;

    /// <summary>What readers acquire, from any thread.</summary>
    internal VersionHolder Versions { get; }

    /// <summary>Rows up to here are in segments that the manifest names.</summary>
    internal long SealedThroughSequence { get; set; }

    /// <summary>Set before the versions are emptied; read from any thread.</summary>
    internal bool IsDropped
    {
        get => Volatile.Read(ref isDropped);
        set => Volatile.Write(ref isDropped, value);
    }

    /// <summary>Number of the last commit that touched the table, to find one that names it twice.</summary>
    internal long LastCommitNumber { get; set; } = -1;
}
