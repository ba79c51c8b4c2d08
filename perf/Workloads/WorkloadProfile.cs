namespace TickStore.Workloads;

/// <summary>How much of a market is generated: its days and the rows of each table. Equal profiles give equal bytes.</summary>
public sealed record WorkloadProfile
{
    /// <summary>What a person calls it: "small", "medium-10ms-quiet". It has no influence on the rows.</summary>
    public required string Name { get; init; }

    /// <summary>The market that all three tables tell of.</summary>
    public required MarketProfile Market { get; init; }

    /// <summary>Trades, over all days.</summary>
    public required int TradeCount { get; init; }

    /// <summary>Quotes, over all days.</summary>
    public required int QuoteCount { get; init; }

    /// <summary>Ten-level snapshots, over all days.</summary>
    public required int SnapshotCount { get; init; }

    /// <summary>2 M rows in all, over two days: for every change.</summary>
    public static WorkloadProfile Small { get; } =
        new()
        {
            Name = "small",
            Market = new() { DayCount = 2 },
            TradeCount = 900_000,
            QuoteCount = 900_000,
            SnapshotCount = 200_000,
        };

    /// <summary>110 M rows in all, over five days: for results that are kept.</summary>
    public static WorkloadProfile Medium { get; } =
        new()
        {
            Name = "medium",
            Market = new() { DayCount = 5 },
            TradeCount = 50_000_000,
            QuoteCount = 50_000_000,
            SnapshotCount = 10_000_000,
        };

    /// <summary>
    /// A profile by its name: "small" or "medium", or a number of trades ("5000000"), to each of which there is a quote, to
    /// five of which there is a snapshot, and a day to ten million of which there is. Behind it "-10ms" for stamps of 10 ms
    /// instead of nanoseconds, and "-quiet" for quiet books.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such profile; the message says which there are.</exception>
    public static WorkloadProfile Named(string name)
    {
        var parts = name.Split('-');
        var profile = parts[0] switch
        {
            "small" => Small,
            "medium" => Medium,
            var count when int.TryParse(count, out var trades) && trades is >= 1000 and <= 1_000_000_000 => Sized(
                trades
            ),
            _ => throw NotAProfile(name),
        };
        var market = profile.Market;
        foreach (var variant in parts.AsSpan(1))
        {
            market = variant switch
            {
                "10ms" => market with { StampNanos = MarketProfile.TenMillisecondStamps },
                "quiet" => market with { BookActivity = MarketProfile.QuietBook },
                _ => throw NotAProfile(name),
            };
        }

        return profile with
        {
            Name = name,
            Market = market,
        };
    }

    private static WorkloadProfile Sized(int tradeCount) =>
        new()
        {
            Name = string.Empty,
            Market = new() { DayCount = Math.Max(2, tradeCount / 10_000_000) },
            TradeCount = tradeCount,
            QuoteCount = tradeCount,
            SnapshotCount = tradeCount / 5,
        };

    private static ArgumentException NotAProfile(string name) =>
        new(
            $"There is no profile {name}: small, medium or a number of trades from 1000 to 1000000000, "
                + "then -10ms for such stamps, then -quiet for quiet books"
        );
}
