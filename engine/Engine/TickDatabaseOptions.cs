using TickStore.Storage;

namespace TickStore;

/// <summary>How a database is opened. The defaults suit a program that shares its machine.</summary>
public sealed record TickDatabaseOptions
{
    /// <summary>What a commit waits for unless it says otherwise.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Bytes that the database holds at most: heads, caches, queries.</summary>
    public long MemoryBudgetBytes { get; init; } = 4L << 30;

    /// <summary>Bytes that one query holds at most, out of the same budget.</summary>
    public long QueryMemoryBytes { get; init; } = 2L << 30;

    /// <summary>Threads of a query.</summary>
    public int ThreadCount { get; init; } = 2;

    /// <summary>
    /// True: queries, sealing and compaction run on threads that take only what time other threads of the machine leave, so that they
    /// do not delay those that commit, keep views up and read subscriptions. A query then costs the start of a thread (some 0.1 ms),
    /// and waits while the machine is busy. A seal that begins while commits wait for room does not yield.
    /// </summary>
    public bool CommitsFirst { get; init; }

    /// <summary>The clock that <c>_ingest_ts</c> and <c>now()</c> are read from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What this program calls itself to others that find the database open.</summary>
    public string Program { get; init; } = "an embedding program";

    /// <summary>
    /// False where a test fills in the history of views itself (BACKFILL ALL NEWEST FIRST), so that it knows what is missing.
    /// </summary>
    internal bool FillsHistory { get; init; } = true;
}
