namespace TickStore.Storage.Catalog;

/// <summary>What a table counts over its life; part of the manifest, and brought up to date by replaying the
/// log.</summary>
internal struct TableCounters
{
    /// <summary>Rows committed.</summary>
    public long Rows;

    /// <summary>Rows below the watermark when they came.</summary>
    public long LateRows;

    /// <summary>Rows that producers refused and told of.</summary>
    public long RejectedRows;

    /// <summary>Rows equal in every declared column to the row just before them.</summary>
    public long DuplicateRows;

    /// <summary>Rows too far in the future to move the watermark.</summary>
    public long QuarantinedRows;

    /// <summary><c>_seq</c> of the last row, or 0.</summary>
    public long LastSequence;
}
