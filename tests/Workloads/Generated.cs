using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

/// <summary>Whole small tables, generated once and only read by the tests.</summary>
internal static class Generated
{
    public const long NanosPerDay = 86_400_000_000_000;

    private static readonly Lazy<TradeBlock> LazyTrades = new(() => TradesOf(WorkloadProfile.Small));
    private static readonly Lazy<QuoteBlock> LazyQuotes = new(() => QuotesOf(WorkloadProfile.Small));
    private static readonly Lazy<SnapshotBlock> LazySnapshots = new(() => SnapshotsOf(WorkloadProfile.Small));

    public static MarketProfile Market { get; } = WorkloadProfile.Small.Market;

    public static TradeBlock Trades => LazyTrades.Value;

    public static QuoteBlock Quotes => LazyQuotes.Value;

    public static SnapshotBlock Snapshots => LazySnapshots.Value;

    public static TradeBlock TradesOf(WorkloadProfile profile)
    {
        var block = new TradeBlock(profile.TradeCount);
        new TradeGenerator(profile).Fill(block);
        return block;
    }

    public static QuoteBlock QuotesOf(WorkloadProfile profile)
    {
        var block = new QuoteBlock(profile.QuoteCount);
        new QuoteGenerator(profile).Fill(block);
        return block;
    }

    public static SnapshotBlock SnapshotsOf(WorkloadProfile profile)
    {
        var block = new SnapshotBlock(profile.SnapshotCount);
        new SnapshotGenerator(profile).Fill(block);
        return block;
    }

    /// <summary>A profile with few rows that still has every symbol, both days and ten rounds of snapshots.</summary>
    public static WorkloadProfile Few(string variant) =>
        WorkloadProfile.Named($"small{variant}") with
        {
            TradeCount = 20_000,
            QuoteCount = 30_000,
            SnapshotCount = 20_000,
        };

    /// <summary>The day that a time belongs to, from 0.</summary>
    public static int DayOf(long nanos) => (int)((nanos - Market.SessionStartNanos) / NanosPerDay);

    /// <summary>Nanoseconds since the session of its day began.</summary>
    public static long InSession(long nanos) => (nanos - Market.SessionStartNanos) % NanosPerDay;
}
