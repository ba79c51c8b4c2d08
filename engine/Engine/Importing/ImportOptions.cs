using TickStore.Formats;
using TickStore.Storage;

namespace TickStore;

/// <summary>What to import, and how.</summary>
public sealed record ImportOptions
{
    /// <summary>The files, read in this order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The table; made if it does not exist. A file of several streams makes several: NAME_trades, NAME_quotes ...</summary>
    public required string Table { get; init; }

    /// <summary>Name of the format, or null to recognise it by the first file.</summary>
    public string? Format { get; init; }

    /// <summary>CSV only: the mapping file, or null to match or infer columns.</summary>
    public string? MapFile { get; init; }

    /// <summary>CSV only: false where the first line holds values.</summary>
    public bool CsvHasHeader { get; init; } = true;

    /// <summary>
    /// Takes rows that cannot be read, which are counted and listed in <c>ts_catalog.rejected</c> too. Null: the first such row fails the
    /// import, and nothing of it is kept.
    /// </summary>
    public IRejectSink? Rejects { get; init; }

    /// <summary>Called with each commit once it is durable, in order.</summary>
    public Action<CommitResult>? Acknowledged { get; init; }

    /// <summary>Called now and then, from the importing thread.</summary>
    public Action<ImportProgress>? Progress { get; init; }
}

/// <summary>How far an import is.</summary>
/// <param name="IsChecking">True in the first pass, which only looks for rows that cannot be read.</param>
/// <param name="BytesRead">Bytes of the files read in this pass.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
/// <param name="RowCount">Rows read in this pass.</param>
public readonly record struct ImportProgress(bool IsChecking, long BytesRead, long BytesTotal, long RowCount);

/// <summary>What an import did.</summary>
/// <param name="Tables">The tables, with the rows that each was given.</param>
/// <param name="RejectedRows">Rows that could not be read.</param>
/// <param name="LateRows">Rows that were behind their stream's watermark.</param>
/// <param name="LastSequence"><c>_seq</c> of the last row; 0 without rows.</param>
/// <param name="Seconds">Wall time, both passes.</param>
public sealed record ImportReport(
    IReadOnlyList<(string Table, long RowCount)> Tables,
    long RejectedRows,
    long LateRows,
    long LastSequence,
    double Seconds
)
{
    /// <summary>Rows of all tables.</summary>
    public long RowCount => Tables.Sum(t => t.RowCount);
}
