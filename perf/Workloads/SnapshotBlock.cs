namespace TickStore.Workloads;

/// <summary>Generated ten-level snapshots, column by column, in arrival order; 184 bytes a row. Reused from call to call.</summary>
public sealed class SnapshotBlock(int capacity)
{
    /// <summary>Levels a side.</summary>
    public const int Depth = 10;

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Nanoseconds since 1970, ascending.</summary>
    public long[] Times { get; } = new long[capacity];

    /// <summary>Symbol indexes.</summary>
    public int[] Symbols { get; } = new int[capacity];

    /// <summary>Last price in cents.</summary>
    public int[] LastCents { get; } = new int[capacity];

    /// <summary>Shares traded so far that day.</summary>
    public long[] Volumes { get; } = new long[capacity];

    /// <summary>Bid prices in cents: level k of row i at k * capacity + i, best first.</summary>
    public int[] BidCents { get; } = new int[capacity * Depth];

    /// <summary>Ask prices, laid out as the bids.</summary>
    public int[] AskCents { get; } = new int[capacity * Depth];

    /// <summary>Shares at the bids.</summary>
    public int[] BidSizes { get; } = new int[capacity * Depth];

    /// <summary>Shares at the asks.</summary>
    public int[] AskSizes { get; } = new int[capacity * Depth];

    /// <summary>Rows filled.</summary>
    public int Count { get; set; }
}
