// Proves that trades and quotes, generated apart, are one market: merged by time they replay as a book in which trades lie at
// the touch, no two events of the nanosecond profile share a time, and activity over symbols, days and minutes has its shape.
using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

public sealed class MarketTests
{
    [Fact]
    public void Times_ascend_and_no_two_events_share_a_nanosecond()
    {
        var all = Generated.Trades.Times.Concat(Generated.Quotes.Times).ToArray();
        Assert.True(IsAscending(Generated.Trades.Times));
        Assert.True(IsAscending(Generated.Quotes.Times));
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Even_a_crowded_session_has_no_ties_in_nanoseconds()
    {
        // 200 events to a time of 400 ns: where two fall on one nanosecond, the later one has to give way.
        var market = new MarketProfile { SymbolCount = 3, SessionNanos = 400 };
        var trades = new TradeBlock(100);
        new TradeGenerator(market, 100, 100).Fill(trades);
        var quotes = new QuoteBlock(100);
        new QuoteGenerator(market, 100, 100).Fill(quotes);
        Assert.Equal(200, trades.Times.Concat(quotes.Times).Distinct().Count());
    }

    [Fact]
    public void Ten_millisecond_stamps_are_the_same_times_rounded_down_with_many_ties()
    {
        // Half an hour a day is about as dense as the medium profile.
        var dense = WorkloadProfile.Small with
        {
            Market = Generated.Market with { SessionNanos = 1_800_000_000_000 },
        };
        var exact = Generated.TradesOf(dense);
        var market = dense.Market with { StampNanos = MarketProfile.TenMillisecondStamps };
        var trades = Generated.TradesOf(dense with { Market = market });
        for (var i = 0; i < trades.Count; i++)
        {
            Assert.Equal(exact.Times[i] / 10_000_000 * 10_000_000, trades.Times[i]);
        }

        Assert.Equal(exact.PriceCents, trades.PriceCents);
        Assert.InRange(trades.Times.Distinct().Count(), trades.Count / 10, trades.Count / 2);
    }

    [Fact]
    public void Most_trades_lie_at_the_touch_of_the_latest_quote_of_their_symbol()
    {
        var (trades, quotes) = (Generated.Trades, Generated.Quotes);
        var latest = new int[Generated.Market.SymbolCount];
        Array.Fill(latest, -1);
        var (quoted, atTouch, inside, through, buysAtAsk) = (0, 0, 0, 0, 0);
        for (int i = 0, quote = 0; i < trades.Count; i++)
        {
            for (; quote < quotes.Count && quotes.Times[quote] <= trades.Times[i]; quote++)
            {
                latest[quotes.Symbols[quote]] = quote;
            }

            // A quote of the day before does not count: prices jump over night.
            var at = latest[trades.Symbols[i]];
            if (at < 0 || Generated.DayOf(quotes.Times[at]) != Generated.DayOf(trades.Times[i]))
            {
                continue;
            }

            quoted++;
            var (bid, ask, price) = (quotes.BidCents[at], quotes.AskCents[at], trades.PriceCents[i]);
            Assert.InRange(price, bid - 1, ask + 1);
            atTouch += price == bid || price == ask ? 1 : 0;
            inside += price > bid && price < ask ? 1 : 0;
            through += price < bid || price > ask ? 1 : 0;
            buysAtAsk += price == (trades.IsBuy[i] == 1 ? ask : bid) ? 1 : 0;
        }

        Assert.InRange(quoted, trades.Count * 0.95, trades.Count);
        Assert.InRange(atTouch, quoted * 0.93, quoted * 0.98);
        Assert.InRange(buysAtAsk, quoted * 0.93, quoted * 0.98);
        Assert.InRange(inside, quoted * 0.01, quoted * 0.04);
        Assert.InRange(through, quoted * 0.02, quoted * 0.04);
    }

    [Fact]
    public void Symbols_trade_by_Zipf()
    {
        var counts = new int[Generated.Market.SymbolCount];
        foreach (var symbol in Generated.Trades.Symbols)
        {
            counts[symbol]++;
        }

        var weights = counts.Select((_, i) => Math.Pow(i + 1, -Generated.Market.ZipfExponent)).ToArray();
        var sum = weights.Sum();
        for (var i = 0; i < counts.Length; i++)
        {
            // Six standard deviations of a count: a right generator fails here once in 250,000 seeds, and this seed does not.
            var expected = Generated.Trades.Count * weights[i] / sum;
            Assert.InRange(counts[i], expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void Days_are_equal_and_each_is_busiest_near_open_and_close()
    {
        const int partCount = 8;
        var session = Generated.Market.SessionNanos;
        var parts = new int[Generated.Market.DayCount, partCount];
        foreach (var time in Generated.Trades.Times)
        {
            var inSession = Generated.InSession(time);
            Assert.InRange(inSession, 0, session);
            parts[Generated.DayOf(time), Math.Min(partCount - 1, inSession * partCount / session)]++;
        }

        for (var day = 0; day < Generated.Market.DayCount; day++)
        {
            var counts = Enumerable.Range(0, partCount).Select(p => parts[day, p]).ToArray();
            Assert.InRange(counts.Sum(), Generated.Trades.Count * 0.495, Generated.Trades.Count * 0.505);
            Assert.True(counts[0] > 1.5 * counts[3] && counts[7] > 1.5 * counts[4]);
            Assert.True(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > counts[3]);
            Assert.True(counts[7] > counts[6] && counts[6] > counts[5] && counts[5] > counts[4]);
        }
    }

    [Fact]
    public void Trade_sizes_are_lots_with_a_heavy_tail()
    {
        var sizes = Generated.Trades.Sizes;
        Assert.All(sizes, s => Assert.True(s > 0 && s % 100 == 0));
        for (var doublings = 0; doublings < 10; doublings++)
        {
            // A share of 1 / 2^k has at least 2^k lots.
            var share = sizes.Count(s => s >= 100 << doublings) * (double)(1 << doublings) / sizes.Length;
            Assert.InRange(share, 0.85, 1.15);
        }

        Assert.True(sizes.Max() >= 1_000_000);
    }

    [Fact]
    public void Prices_bounce_between_bid_and_ask_and_buyers_follow_buyers()
    {
        var trades = Generated.Trades;
        var before = new int[Generated.Market.SymbolCount];
        Array.Fill(before, -1);
        var (pairs, sameSide, moves) = (0, 0, 0);
        for (var i = 0; i < trades.Count; i++)
        {
            var last = before[trades.Symbols[i]];
            before[trades.Symbols[i]] = i;
            if (last < 0)
            {
                continue;
            }

            pairs++;
            sameSide += trades.IsBuy[last] == trades.IsBuy[i] ? 1 : 0;
            moves += trades.PriceCents[last] != trades.PriceCents[i] ? 1 : 0;
        }

        Assert.InRange(sameSide, pairs * 0.61, pairs * 0.64);
        Assert.InRange(moves, pairs * 0.3, pairs * 0.7);
        Assert.InRange(trades.IsBuy.Count(b => b == 1), trades.Count * 0.48, trades.Count * 0.52);
    }

    private static bool IsAscending(long[] times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
