using TickStore.Core;

namespace TickStore.Formats;

/// <summary>What to import, and what the reader may use for it.</summary>
public sealed class ImportRequest
{
    /// <summary>The files, read in this order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The table; several streams add their suffixes to it.</summary>
    public required string TableName { get; init; }

    /// <summary>Gives the ids of SYMBOL columns; new symbols are added as rows are read.</summary>
    public required ISymbolTable Symbols { get; init; }

    /// <summary>Where batches take their memory from.</summary>
    public required BlockPool Pool { get; init; }

    /// <summary>CSV only: the mapping file, or null to infer columns and types.</summary>
    public string? MapFile { get; init; }

    /// <summary>
    /// CSV only: false where the first line holds values; columns are then named <c>column_1</c> and so on.
    /// </summary>
    public bool CsvHasHeader { get; init; } = true;

    /// <summary>Takes bad rows; null to stop at the first.</summary>
    public IRejectSink? Rejects { get; init; }

    /// <summary>
    /// Finds a table that exists already by its name. CSV (without mapping), Parquet and Arrow then read into its
    /// columns and types, matched by name; the other formats have fixed columns. Null where there is none.
    /// </summary>
    public Func<string, TableSchema?>? FindTable { get; init; }
}
