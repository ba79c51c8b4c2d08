namespace TickStore.Core;

/// <summary>In which order a scan hands out rows.</summary>
public enum ScanOrder : byte
{
    /// <summary>Any order; morsels are independent pieces of about equal size.</summary>
    None,

    /// <summary>
    /// By (cluster symbol id, event time, <c>_seq</c>) within each morsel; a symbol lies in one morsel only, and morsels
    /// ascend by symbol id.
    /// </summary>
    Clustered,

    /// <summary>By (event time, <c>_seq</c>); one morsel.</summary>
    EventTime,

    /// <summary>By <c>_seq</c>; one morsel.</summary>
    Sequence,
}

/// <summary>Whether a scan hands out all rows, or of each cluster symbol only the one with the greatest event time.</summary>
public enum LatestRow : byte
{
    /// <summary>All rows.</summary>
    All,

    /// <summary>One row a symbol; of those with the greatest time the one with the greatest <c>_seq</c>.</summary>
    LastSequence,

    /// <summary>One row a symbol; of those with the greatest time the one with the least <c>_seq</c>.</summary>
    FirstSequence,
}

/// <summary>
/// What a query wants of a table. Rows that do not satisfy the symbols, the time range and all predicates are left
/// out exactly, so no filter needs to repeat them.
/// </summary>
public sealed class ScanRequest
{
    /// <summary>Wanted columns, as indexes in <see cref="TableSchema.AllColumns"/>; batches have them in this order.</summary>
    public required IReadOnlyList<int> Columns { get; init; }

    /// <summary>Ids of the wanted cluster symbols, ascending; null for all. Only for tables with a cluster column.</summary>
    public int[]? Symbols { get; init; }

    /// <summary>First event time wanted, in nanoseconds.</summary>
    public long TimeFrom { get; init; } = long.MinValue;

    /// <summary>Last event time wanted, in nanoseconds; included.</summary>
    public long TimeTo { get; init; } = long.MaxValue;

    /// <summary>Comparisons that all must hold.</summary>
    public IReadOnlyList<ScanPredicate> Predicates { get; init; } = [];

    /// <summary>In which order rows are wanted.</summary>
    public ScanOrder Order { get; init; } = ScanOrder.None;

    /// <summary>
    /// Of the rows that satisfy everything else: all, or one a symbol. The latter only in <see cref="ScanOrder.Clustered"/>; then
    /// symbols come in ascending order of their ids.
    /// </summary>
    public LatestRow Latest { get; init; }
}
