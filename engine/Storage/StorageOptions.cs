using TickStore.Core;

namespace TickStore.Storage;

/// <summary>How a database is opened. All sizes are bytes.</summary>
public sealed record StorageOptions
{
    /// <summary>What a commit waits for unless it says otherwise.</summary>
    public Durability DefaultDurability { get; init; } = Durability.Fsync;

    /// <summary>The most memory that heads, caches, scans and seals hold together.</summary>
    public long MemoryBudgetBytes { get; init; } = 2L << 30;

    /// <summary>Head memory of one table at which it is sealed into segments.</summary>
    public long SealBytes { get; init; } = 96L << 20;

    /// <summary>Head memory of all tables at which commits wait for the sealer; 0 for half of the budget.</summary>
    public long HeadBytesMax { get; init; }

    /// <summary>Log kept for unsealed rows; beyond it the table that holds the oldest of them is sealed.</summary>
    public long LogBytesMax { get; init; } = 512L << 20;

    /// <summary>Length of a log segment file; a multiple of 4,096.</summary>
    public long LogSegmentBytes { get; init; } = 64L << 20;

    /// <summary>Log bytes gathered for one write and sync; a multiple of 4,096.</summary>
    public int LogBufferBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Seals, checkpoints and compacts on a thread of its own. Simulations turn it off, so that the same seed gives the
    /// same order of device calls: then only explicit calls seal, and a commit that finds the heads full seals by
    /// itself.
    /// </summary>
    public bool BackgroundWork { get; init; } = true;

    /// <summary>
    /// Encodes segments on threads that take only what time others leave (<see cref="Devices.YieldingThread"/>), except where a
    /// seal begins while commits wait for room. What is done under the sequencer's lock is not: a thread that yields must hold
    /// nothing that a commit needs.
    /// </summary>
    public bool SealingYields { get; init; }

    /// <summary>The clock that gives each commit its <c>_ingest_ts</c>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What this program calls itself in the lock file.</summary>
    public string Program { get; init; } = "tickstore";

    internal long HeadLimitBytes => HeadBytesMax > 0 ? HeadBytesMax : MemoryBudgetBytes / 2;

    internal void Validate()
    {
        Check(MemoryBudgetBytes >= 1 << 20, nameof(MemoryBudgetBytes), MemoryBudgetBytes, "at least 1 MiB");
        Check(SealBytes > 0, nameof(SealBytes), SealBytes, "more than 0");
        Check(HeadBytesMax >= 0, nameof(HeadBytesMax), HeadBytesMax, "0 or more");
        Check(LogBytesMax > 0, nameof(LogBytesMax), LogBytesMax, "more than 0");
    }

    private static void Check(bool holds, string name, long value, string allowed)
    {
        if (!holds)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"StorageOptions.{name} is {value}; allowed is {allowed}");
        }
    }
}
