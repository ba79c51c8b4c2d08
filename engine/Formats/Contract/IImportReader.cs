using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// The rows of one import, file after file, each stream's rows in the order in which the files hold them. For one
/// thread.
/// </summary>
public interface IImportReader : IDisposable
{
    /// <summary>The tables that the rows belong to; known from the start, and never changing.</summary>
    IReadOnlyList<ImportStream> Streams { get; }

    /// <summary>Bytes of the files (as they lie on disk, so compressed ones count compressed) read so far.</summary>
    long BytesRead { get; }

    /// <summary>Bytes of all files of the import.</summary>
    long BytesTotal { get; }

    /// <summary>Rows handed out so far, over all streams.</summary>
    long RowsRead { get; }

    /// <summary>Rows that went to the reject sink so far.</summary>
    long RowsRejected { get; }

    /// <summary>
    /// The next batch. It is on loan until the next call. Allocates nothing per row.
    /// </summary>
    /// <returns>False at the end of the last file.</returns>
    /// <exception cref="TickStoreException">
    /// <see cref="ErrorCode.MalformedData"/> (or a code more to the point) naming file, line, column and value, where
    /// no reject sink was given; the caller then undoes what was appended. Damage to a file's container (a truncated
    /// zip, a wrong checksum) is thrown whether or not there is a sink.
    /// </exception>
    bool TryRead(out ImportBatch batch);
}

/// <summary>Rows of one stream.</summary>
/// <param name="StreamIndex">Index in <see cref="IImportReader.Streams"/>.</param>
/// <param name="Rows">At least one row, with the declared columns of the stream's schema; on loan.</param>
public readonly record struct ImportBatch(int StreamIndex, Batch Rows);

/// <summary>One table that an import feeds.</summary>
/// <param name="Suffix">What the rows are, such as <c>trades</c>, <c>quotes</c> or <c>snapshots</c>.</param>
/// <param name="Schema">
/// The table to make if it does not exist: named as the import's table where there is one stream, else with the suffix
/// (<c>NAME_trades</c>); event time and cluster column are set where the data has them.
/// </param>
public sealed record ImportStream(string Suffix, TableSchema Schema);
