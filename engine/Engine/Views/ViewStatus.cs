using TickStore.Core;

namespace TickStore;

/// <summary>How a view is doing, as the catalog shows it.</summary>
/// <param name="Name">The view's name.</param>
/// <param name="Kind">What kind of statement made it.</param>
/// <param name="Status">live, backfilling (live, while rows of the past are filled in), catching up, or failed.</param>
/// <param name="Reason">Why it failed, or why an alert writes to its table no more; null otherwise.</param>
/// <param name="SequenceLag">How many sequences it is behind the last commit.</param>
/// <param name="EventLagMicros">How far its event time is behind that of its tables, in microseconds.</param>
/// <param name="RowCount">Rows that it has.</param>
/// <param name="LateCount">Rows of its inputs that came late.</param>
/// <param name="CorrectedCount">Changes that late rows caused.</param>
/// <param name="StateBytes">Bytes of memory that it holds.</param>
/// <param name="BackfilledFrom">
/// While a view backfills the newest first: what it keeps is complete for buckets after this time. Null for all others.
/// </param>
/// <param name="Latencies">Where time goes between a commit and its listeners.</param>
public sealed record ViewStatus(
    string Name,
    ViewKind Kind,
    string Status,
    string? Reason,
    long SequenceLag,
    long EventLagMicros,
    long RowCount,
    long LateCount,
    long CorrectedCount,
    long StateBytes,
    TickTime? BackfilledFrom,
    Streaming.ViewLatencies Latencies
);

/// <summary>The rows of a view as a plan over a snapshot.</summary>
/// <param name="Plan">Yields the view's columns, then hidden ones of its key.</param>
/// <param name="VisibleCount">How many columns a query may name.</param>
/// <param name="KeyColumns">The columns that tell rows apart.</param>
/// <param name="TimeColumn">The column that says when a row happened, or -1.</param>
public sealed record ViewRows(Execution.PlanNode Plan, int VisibleCount, IReadOnlyList<int> KeyColumns, int TimeColumn);
