using TickStore.Core;

namespace TickStore.Storage;

/// <summary>
/// Is told of every commit right after it became visible, on the thread that committed and before the next commit: so what it keeps is
/// never behind. It must be quick, must not commit, and must not throw.
/// </summary>
public interface ICommitObserver
{
    /// <summary>Rows of a table were committed; all tables of a commit come one after the other, by ascending sequence.</summary>
    /// <param name="rows">On loan for the call.</param>
    void OnRows(in CommittedRows rows);

    /// <summary>All rows of a commit have been told of.</summary>
    /// <param name="lastSequence">The last <c>_seq</c> that is visible.</param>
    /// <param name="startedTimestamp">When the commit began, as Stopwatch counts.</param>
    void OnCommitted(long lastSequence, long startedTimestamp);
}

/// <summary>Rows of one table in one commit.</summary>
public readonly ref struct CommittedRows
{
    /// <summary>The table.</summary>
    public required StorageTable Table { get; init; }

    /// <summary>Holds the declared columns.</summary>
    public required Batch Rows { get; init; }

    /// <summary>First row taken of <see cref="Rows"/>.</summary>
    public required int StartRow { get; init; }

    /// <summary>Rows taken.</summary>
    public required int RowCount { get; init; }

    /// <summary><c>_seq</c> of the first row; the others follow it.</summary>
    public required long FirstSequence { get; init; }

    /// <summary><c>_ingest_ts</c> of all rows, in nanoseconds since 1970.</summary>
    public required long IngestNanos { get; init; }

    /// <summary>The last <c>_seq</c> of the whole commit.</summary>
    public required long CommitSequence { get; init; }

    /// <summary>A byte a row, 1 where it came late; empty where none did.</summary>
    public required ReadOnlySpan<byte> Late { get; init; }
}
