using TickStore.Execution;

namespace TickStore;

/// <summary>What a view is: its text, and what the text means.</summary>
public sealed record ViewDefinition
{
    /// <summary>The view's name.</summary>
    public required string Name { get; init; }

    /// <summary>The statement that makes the view; bound again whenever the database is opened.</summary>
    public required string Statement { get; init; }

    /// <summary>The query, with the columns that tell its rows apart; its constants are folded and its columns pruned, and that
    /// is all.</summary>
    public required KeyedPlan Plan { get; init; }

    /// <summary>The column of the plan that says when a row happened (the event time, or a bar's opening), or -1.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>What kind of statement made it.</summary>
    public ViewKind Kind { get; init; }

    /// <summary>When its changes are told.</summary>
    public ViewEmit Emit { get; init; }

    /// <summary>For <see cref="ViewEmit.Every"/>: the interval of event time, in nanoseconds.</summary>
    public long EmitEveryNanos { get; init; }

    /// <summary>True: rows that are there when the view is made belong to it. False: only rows that are committed later.</summary>
    public bool Backfills { get; init; } = true;

    /// <summary>
    /// True for a view that steps with new rows at once, and whose history is filled in behind it, the newest first. Its plan has ranges
    /// for that (<see cref="BackwardRange"/>).
    /// </summary>
    public bool BackfillsNewestFirst { get; init; }

    /// <summary>Rows of an earlier event time do not belong to the view; the least value for none. In the plan already.</summary>
    public long BackfillFromNanos { get; init; } = long.MinValue;

    /// <summary>The most memory that the view may take, or 0 for the database's default.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// The functions made by statements that its text calls, directly or through others. They are in the plan already, and can be neither
    /// replaced nor dropped while the view is there.
    /// </summary>
    public IReadOnlyCollection<string> Functions { get; init; } = [];

    /// <summary>For an alert that writes to a table: the table's name.</summary>
    public string? IntoTable { get; init; }
}

/// <summary>Kinds of views.</summary>
public enum ViewKind
{
    /// <summary>CREATE MATERIALIZED VIEW.</summary>
    View,

    /// <summary>CREATE INDEX VIEW.</summary>
    Index,

    /// <summary>CREATE ALERT.</summary>
    Alert,
}

/// <summary>When changes of a view are told to those who listen.</summary>
public enum ViewEmit
{
    /// <summary>After every commit that changes it.</summary>
    Change,

    /// <summary>Once a row is final; the plan has the filter already.</summary>
    WindowClose,

    /// <summary>When event time crosses a multiple of an interval: the last state of each changed row.</summary>
    Every,
}
