namespace TickStore.Workloads;

/// <summary>Generated trades, column by column, in arrival order; 21 bytes a row. Reused from call to call.</summary>
public sealed class TradeBlock(int capacity)
{
    /// <summary>Nanoseconds since 1970, ascending.</summary>
    public long[] Times { get; } = new long[capacity];

    /// <summary>Symbol indexes.</summary>
    public int[] Symbols { get; } = new int[capacity];

    /// <summary>Prices in cents.</summary>
    public int[] PriceCents { get; } = new int[capacity];

    /// <summary>Shares.</summary>
    public int[] Sizes { get; } = new int[capacity];

    /// <summary>1 where the buyer was the aggressor, else 0.</summary>
    public byte[] IsBuy { get; } = new byte[capacity];

    /// <summary>Rows filled.</summary>
    public int Count { get; set; }
}
