namespace TickStore.Workloads;

/// <summary>The shape of a generated market. Equal profiles give equal bytes on any machine.</summary>
public sealed record MarketProfile
{
    /// <summary>Time stamps in nanoseconds, as in the United States.</summary>
    public const long NanosecondStamps = 1;

    /// <summary>Time stamps that are multiples of 10 ms, as in China.</summary>
    public const long TenMillisecondStamps = 10_000_000;

    /// <summary>Share of the sizes that change between two snapshots of a busy book.</summary>
    public const double BusyBook = 0.7;

    /// <summary>Share of the sizes that change between two snapshots of a quiet book.</summary>
    public const double QuietBook = 0.1;

    /// <summary>Everything random follows from it.</summary>
    public ulong Seed { get; init; } = 20230201;

    /// <summary>How many symbols trade; symbol 0 is the busiest, the last one the quietest.</summary>
    public int SymbolCount { get; init; } = 2000;

    /// <summary>How unevenly activity is spread: 0 is even, 0.9 is like a stock market.</summary>
    public double ZipfExponent { get; init; } = 0.9;

    /// <summary>Trading days, one calendar day after the other, so that the middle one is found by counting.</summary>
    public int DayCount { get; init; } = 1;

    /// <summary>Trades and quotes are stamped with multiples of it, rounded down.</summary>
    public long StampNanos { get; init; } = NanosecondStamps;

    /// <summary>Share of the sizes that change between two snapshots of a book.</summary>
    public double BookActivity { get; init; } = BusyBook;

    /// <summary>Start of the first day's session: 2023-02-01 09:30 in Shanghai.</summary>
    public long SessionStartNanos { get; init; } = 1_675_215_000_000_000_000;

    /// <summary>Length of a session: four hours.</summary>
    public long SessionNanos { get; init; } = 4L * 3600 * 1_000_000_000;

    internal const long NanosPerDay = 86_400_000_000_000;

    /// <summary>Names of the symbols, by index: six digits, as in Shanghai.</summary>
    public static string SymbolName(int index) => (600_000 + index).ToString("D6");
}
