// Proves that quotes are those of a book: the bid below the ask, spreads of one to seven ticks that are wider for quiet
// symbols, whole lots, and from row to row of a symbol either a tick or only sizes.
using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

public sealed class QuoteTests
{
    [Fact]
    public void The_bid_is_below_the_ask_and_sizes_are_lots()
    {
        var quotes = Generated.Quotes;
        for (var i = 0; i < quotes.Count; i++)
        {
            Assert.True(quotes.BidCents[i] >= 100);
            Assert.InRange(quotes.AskCents[i] - quotes.BidCents[i], 1, 7);
            Assert.True(quotes.BidSizes[i] > 0 && quotes.BidSizes[i] % 100 == 0);
            Assert.True(quotes.AskSizes[i] > 0 && quotes.AskSizes[i] % 100 == 0);
        }
    }

    [Fact]
    public void Quiet_symbols_have_wider_spreads()
    {
        var busy = MeanSpread(fromSymbol: 0, toSymbol: 100);
        var quiet = MeanSpread(fromSymbol: 1900, toSymbol: 2000);
        Assert.InRange(busy, 1, 2);
        Assert.InRange(quiet, 2.5, 7);
    }

    [Fact]
    public void A_quote_moves_prices_by_a_tick_at_most_and_more_often_only_sizes()
    {
        var quotes = Generated.Quotes;
        var before = new int[Generated.Market.SymbolCount];
        Array.Fill(before, -1);
        var (pairs, priceMoves, changes) = (0, 0, 0);
        for (var i = 0; i < quotes.Count; i++)
        {
            var last = before[quotes.Symbols[i]];
            before[quotes.Symbols[i]] = i;
            if (last < 0 || Generated.DayOf(quotes.Times[last]) != Generated.DayOf(quotes.Times[i]))
            {
                continue;
            }

            pairs++;
            var (bidMove, askMove) = (
                quotes.BidCents[i] - quotes.BidCents[last],
                quotes.AskCents[i] - quotes.AskCents[last]
            );
            Assert.InRange(bidMove, -1, 1);
            Assert.InRange(askMove, -1, 1);
            var movesPrice = bidMove != 0 || askMove != 0;
            priceMoves += movesPrice ? 1 : 0;
            var bidSizeChanges = quotes.BidSizes[i] != quotes.BidSizes[last];
            changes += movesPrice || bidSizeChanges || quotes.AskSizes[i] != quotes.AskSizes[last] ? 1 : 0;
        }

        Assert.InRange(priceMoves, pairs * 0.2, pairs * 0.3);
        Assert.InRange(changes, pairs * 0.7, pairs);
    }

    [Fact]
    public void Prices_jump_over_night()
    {
        var quotes = Generated.Quotes;
        var before = new int[Generated.Market.SymbolCount];
        Array.Fill(before, -1);
        var jumps = 0;
        for (var i = 0; i < quotes.Count; i++)
        {
            var last = before[quotes.Symbols[i]];
            before[quotes.Symbols[i]] = i;
            if (last >= 0 && Generated.DayOf(quotes.Times[last]) != Generated.DayOf(quotes.Times[i]))
            {
                jumps += Math.Abs(quotes.BidCents[i] - quotes.BidCents[last]) > 3 ? 1 : 0;
            }
        }

        Assert.InRange(jumps, Generated.Market.SymbolCount / 2, Generated.Market.SymbolCount);
    }

    private static double MeanSpread(int fromSymbol, int toSymbol)
    {
        var quotes = Generated.Quotes;
        var (sum, count) = (0L, 0);
        for (var i = 0; i < quotes.Count; i++)
        {
            if (quotes.Symbols[i] >= fromSymbol && quotes.Symbols[i] < toSymbol)
            {
                sum += quotes.AskCents[i] - quotes.BidCents[i];
                count++;
            }
        }

        return (double)sum / count;
    }
}
