namespace TickStore.Workloads;

/// <summary>Generated quotes, column by column, in arrival order; 28 bytes a row. Reused from call to call.</summary>
public sealed class QuoteBlock(int capacity)
{
    /// <summary>Nanoseconds since 1970, ascending.</summary>
    public long[] Times { get; } = new long[capacity];

    /// <summary>Symbol indexes.</summary>
    public int[] Symbols { get; } = new int[capacity];

    /// <summary>Best bids in cents.</summary>
    public int[] BidCents { get; } = new int[capacity];

    /// <summary>Best asks in cents, above the bids.</summary>
    public int[] AskCents { get; } = new int[capacity];

    /// <summary>Shares at the best bid.</summary>
    public int[] BidSizes { get; } = new int[capacity];

    /// <summary>Shares at the best ask.</summary>
    public int[] AskSizes { get; } = new int[capacity];

    /// <summary>Rows filled.</summary>
    public int Count { get; set; }
}
