namespace TickStore.Storage;

/// <summary>
/// Where a commit stands in the log's order. <see cref="LastSequence"/> is the acknowledgement: with
/// <see cref="Durability.Fsync"/> every row up to it survives a crash.
/// </summary>
/// <param name="FirstSequence"><c>_seq</c> of its first row.</param>
/// <param name="LastSequence"><c>_seq</c> of its last row; one less than the first for a commit of no rows.</param>
/// <param name="IngestTimestamp"><c>_ingest_ts</c> of its rows, nanoseconds since 1970; no other commit has the
/// same.</param>
/// <param name="LateRows">Rows of it that were late.</param>
public readonly record struct CommitResult(long FirstSequence, long LastSequence, long IngestTimestamp, long LateRows)
{
    /// <summary>Rows of the commit.</summary>
    public long RowCount => LastSequence - FirstSequence + 1;
}
