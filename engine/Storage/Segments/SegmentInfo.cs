using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>What a segment holds, without reading its rows.</summary>
public sealed record SegmentInfo
{
    /// <summary>Path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the table at the time of writing.</summary>
    public required string Table { get; init; }

    /// <summary>Fingerprint of the columns and roles that the segment was written with.</summary>
    public required ulong SchemaFingerprint { get; init; }

    /// <summary>Rows, at least 1.</summary>
    public required long RowCount { get; init; }

    /// <summary>Vectors that the rows are cut into.</summary>
    public required int VectorCount { get; init; }

    /// <summary>Size of the file.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Smallest <c>_seq</c>.</summary>
    public required long MinSequence { get; init; }

    /// <summary>Largest <c>_seq</c>.</summary>
    public required long MaxSequence { get; init; }

    /// <summary>Smallest event time (<c>_ingest_ts</c> in a table without one), in nanoseconds.</summary>
    public required long MinTime { get; init; }

    /// <summary>Largest event time, in nanoseconds.</summary>
    public required long MaxTime { get; init; }

    /// <summary>Smallest id of the cluster column, or -1 in a table without one.</summary>
    public required int MinSymbol { get; init; }

    /// <summary>Largest id of the cluster column, or -1 in a table without one.</summary>
    public required int MaxSymbol { get; init; }

    /// <summary>Bytes and codecs of each column of <see cref="TableSchema.AllColumns"/>, in that order.</summary>
    public required IReadOnlyList<SegmentColumnInfo> Columns { get; init; }
}

/// <summary>What a column takes in a segment.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Bytes">Bytes of its blocks, or of the commit index for <c>_ingest_ts</c>.</param>
/// <param name="Codecs">How many vectors (levels of an array counted singly) each codec holds, most first.</param>
public sealed record SegmentColumnInfo(string Name, DataType Type, long Bytes, IReadOnlyList<CodecUse> Codecs);

/// <summary>How often a codec is used.</summary>
/// <param name="Codec">Its name in the codecs' ledger.</param>
/// <param name="VectorCount">Vectors that it holds.</param>
public readonly record struct CodecUse(string Codec, int VectorCount);
