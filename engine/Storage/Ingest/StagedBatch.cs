using TickStore.Core;

namespace TickStore.Storage.Ingest;

/// <summary>One table's part of a commit on its way: what was given, and what the sequencer found out about
/// it.</summary>
internal struct StagedBatch
{
    /// <summary>What the producer gave.</summary>
    public TableBatch Given;

    /// <summary>First of its bytes in the commit's map of late rows.</summary>
    public int LateOffset;

    /// <summary>Where event time stands afterwards.</summary>
    public WatermarkStep Step;

    /// <summary>Rows that repeat the row before them.</summary>
    public long DuplicateRows;

    /// <summary>The table.</summary>
    public readonly StorageTable Table => Given.Table;
}

/// <summary>A commit as its frame is written from it.</summary>
/// <param name="ingestNanos">Its time stamp.</param>
/// <param name="sourceId">Who writes it, or 0.</param>
/// <param name="batches">Its parts.</param>
/// <param name="late">A byte a row, part behind part.</param>
/// <param name="symbols">The dictionary.</param>
/// <param name="symbolFirst">First id that the log does not know yet.</param>
/// <param name="symbolEnd">Behind the last id that this commit tells of.</param>
internal readonly ref struct StagedCommit(
    long ingestNanos,
    int sourceId,
    ReadOnlySpan<StagedBatch> batches,
    ReadOnlySpan<byte> late,
    ISymbolTable symbols,
    int symbolFirst,
    int symbolEnd
)
{
    public long IngestNanos { get; } = ingestNanos;

    public int SourceId { get; } = sourceId;

    public ReadOnlySpan<StagedBatch> Batches { get; } = batches;

    public ReadOnlySpan<byte> Late { get; } = late;

    public ISymbolTable Symbols { get; } = symbols;

    public int SymbolFirst { get; } = symbolFirst;

    public int SymbolEnd { get; } = symbolEnd;
}
