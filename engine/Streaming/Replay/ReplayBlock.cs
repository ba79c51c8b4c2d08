using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>Consecutive rows of one table within a <see cref="ReplayBlock"/>.</summary>
/// <param name="Table">Index of the table in the options.</param>
/// <param name="StartRow">First row, in the table's batch of this block.</param>
/// <param name="RowCount">How many rows, at least 1.</param>
public readonly record struct ReplayRun(int Table, int StartRow, int RowCount);

/// <summary>
/// The next rows of a replay, in exact order: go through <see cref="Runs"/>, and take each run's rows out of its table's
/// batch. Nothing is copied; the block is on loan until the callback returns.
/// </summary>
public sealed class ReplayBlock
{
    private readonly Batch[] batches;
    private ReplayRun[] runs = new ReplayRun[256];
    private int runCount;

    internal ReplayBlock(Batch[] batches) => this.batches = batches;

    /// <summary>The runs, in the replay's order.</summary>
    public ReadOnlySpan<ReplayRun> Runs => runs.AsSpan(0, runCount);

    /// <summary>Rows of all runs.</summary>
    public int RowCount { get; private set; }

    /// <summary>Time of the block's last row, in nanoseconds since 1970, by the order's clock.</summary>
    public long LastTime { get; internal set; }

    /// <summary>
    /// The rows of one table in this block, without copy: its declared columns, then <c>_seq</c> and, last, the time that orders rows.
    /// </summary>
    public Batch TableBatch(int table) => batches[table];

    internal void Clear()
    {
        runCount = 0;
        RowCount = 0;
    }

    internal void Add(int table, int startRow, int rowCount)
    {
        if (runCount == runs.Length)
        {
            Array.Resize(ref runs, runs.Length * 2);
        }

        runs[runCount++] = new(table, startRow, rowCount);
        RowCount += rowCount;
    }
}
