using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>
/// Trades of a market in arrival order, which is time order. With stamps of nanoseconds no two events of the market, be they trades or
/// quotes, have the same time; with stamps of 10 ms many have.
/// </summary>
public sealed class TradeGenerator
{
    private readonly MarketFlow flow;
    private readonly SeededRandom sizes;

    /// <summary>Prepares all trades of the profile.</summary>
    public TradeGenerator(WorkloadProfile profile)
        : this(profile.Market, profile.TradeCount, profile.QuoteCount) { }

    /// <summary>Prepares the trades of a market that has as many quotes besides as <paramref name="quoteCount"/> says.</summary>
    public TradeGenerator(MarketProfile profile, int tradeCount, int quoteCount)
    {
        flow = new MarketFlow(profile, tradeCount, quoteCount);
        sizes = new SeededRandom(profile.Seed + 2);
    }

    /// <summary>Fills the block with the next trades; fewer than its capacity at the end, then none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(TradeBlock block)
    {
        var i = 0;
        while (i < block.Times.Length && flow.MoveNext())
        {
            if (!flow.IsTrade)
            {
                continue;
            }

            block.Times[i] = flow.TimeNanos;
            block.Symbols[i] = flow.Symbol;
            block.PriceCents[i] = flow.PriceCents;
            block.Sizes[i] = Lots.Draw(sizes);
            block.IsBuy[i] = flow.IsBuy;
            i++;
        }

        block.Count = i;
    }
}
