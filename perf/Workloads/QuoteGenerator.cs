using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>
/// Quotes of a market, of the same stream of events as its trades: a row a change of a symbol's best prices or their sizes, in
/// arrival order, which is time order.
/// </summary>
public sealed class QuoteGenerator
{
    private readonly MarketFlow flow;
    private readonly SeededRandom sizes;
    private readonly int[] bidSizes;
    private readonly int[] askSizes;

    /// <summary>Prepares all quotes of the profile.</summary>
    public QuoteGenerator(WorkloadProfile profile)
        : this(profile.Market, profile.QuoteCount, profile.TradeCount) { }

    /// <summary>Prepares the quotes of a market that has as many trades besides as <paramref name="tradeCount"/> says.</summary>
    public QuoteGenerator(MarketProfile profile, int quoteCount, int tradeCount)
    {
        flow = new MarketFlow(profile, tradeCount, quoteCount);
        sizes = new SeededRandom(profile.Seed + 3);
        bidSizes = new int[profile.SymbolCount];
        askSizes = new int[profile.SymbolCount];
        for (var symbol = 0; symbol < profile.SymbolCount; symbol++)
        {
            bidSizes[symbol] = Lots.Draw(sizes);
            askSizes[symbol] = Lots.Draw(sizes);
        }
    }

    /// <summary>Fills the block with the next quotes; fewer than its capacity at the end, then none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(QuoteBlock block)
    {
        var i = 0;
        while (i < block.Times.Length && flow.MoveNext())
        {
            if (flow.IsTrade)
            {
                continue;
            }

            var symbol = flow.Symbol;
            if (flow.ChangesBid)
            {
                bidSizes[symbol] = Lots.Draw(sizes);
            }

            if (flow.ChangesAsk)
            {
                askSizes[symbol] = Lots.Draw(sizes);
            }

            block.Times[i] = flow.TimeNanos;
            block.Symbols[i] = symbol;
            block.BidCents[i] = flow.BidCents;
            block.AskCents[i] = flow.AskCents;
            block.BidSizes[i] = bidSizes[symbol];
            block.AskSizes[i] = askSizes[symbol];
            i++;
        }

        block.Count = i;
    }
}
