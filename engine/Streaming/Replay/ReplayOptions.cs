using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Which order a replay restores.</summary>
public enum ReplayOrder
{
    /// <summary>By (event time, <c>_seq</c>): as the market saw it.</summary>
    Event,

    /// <summary>By <c>_seq</c>: as the database took it in; the clock is <c>_ingest_ts</c>.</summary>
    Ingest,
}

/// <summary>What a replay plays, and how fast.</summary>
public sealed class ReplayOptions
{
    /// <summary>The tables, at one snapshot. All their rows are merged into one total order.</summary>
    public required IReadOnlyList<ITableSource> Tables { get; init; }

    /// <summary>First time played, in nanoseconds since 1970, by the order's clock.</summary>
    public long From { get; init; } = long.MinValue;

    /// <summary>End of the time played, in nanoseconds since 1970; not included. <see cref="long.MaxValue"/>: no end.</summary>
    public long To { get; init; } = long.MaxValue;

    /// <summary>Which order is restored.</summary>
    public ReplayOrder Order { get; init; } = ReplayOrder.Event;

    /// <summary>
    /// The calendar whose sessions are played: rows outside of them are left out, and the time between them takes no time. Null for all.
    /// </summary>
    public Execution.TradingCalendar? Calendar { get; init; }

    /// <summary>How fast; can be changed while playing.</summary>
    public ReplaySpeed Speed { get; init; } = ReplaySpeed.Max;

    /// <summary>The most rows in one block.</summary>
    public int BlockRowsMax { get; init; } = 4096;

    /// <summary>True to compute the run hash, at some 100 ns a row.</summary>
    public bool ComputeRunHash { get; init; } = true;

    /// <summary>Where memory is taken from: a few batches a table, however long the span.</summary>
    public required BlockPool Pool { get; init; }

    /// <summary>The clock that paces the replay.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
