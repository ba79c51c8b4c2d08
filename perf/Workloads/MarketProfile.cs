namespace TickStore.Workloads;

/// <summary>The shape of a generated market. Equal profiles give equal bytes on any machine.</summary>
public sealed record MarketProfile
{
    /// <summary>Everything random follows from it.</summary>
    public ulong Seed { get; init; } = 20230201;

    /// <summary>How many symbols trade.</summary>
    public int SymbolCount { get; init; } = 2000;

    /// <summary>How unevenly activity is spread: 0 is even, 0.9 is like a stock market.</summary>
    public double ZipfExponent { get; init; } = 0.9;

    /// <summary>Trading days, one after the other.</summary>
    public int DayCount { get; init; } = 1;

    /// <summary>Time stamps are multiples of it: 1 for nanoseconds (US), 10,000,000 for 10 ms (China).</summary>
    public long StampNanos { get; init; } = 1;

    /// <summary>Share of the sizes that change between two snapshots of a book: 0.7 is busy, 0.1 is quiet.</summary>
    public double BookActivity { get; init; } = 0.7;

    /// <summary>Start of the first day's session: 2023-02-01 09:30 in Shanghai.</summary>
    public long SessionStartNanos { get; init; } = 1_675_215_000_000_000_000;

    /// <summary>Length of a session: four hours.</summary>
    public long SessionNanos { get; init; } = 4L * 3600 * 1_000_000_000;

    /// <summary>Names of the symbols, by index: six digits, as in Shanghai.</summary>
    public static string SymbolName(int index) => (600_000 + index).ToString("D6");
}
