using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>
/// The one stream of events that both the trades and the quotes of a market are taken from: whoever wants one kind passes over the
/// other, and so each table is generated alone and still belongs to the other. Activity is Zipf over symbols and U-shaped
/// through the day; prices walk on the grid of cents, and a trade lies at the touch of its symbol's latest quote in 15 of 16
/// cases. Sizes have no influence here: the generators draw them from sequences of their own.
/// </summary>
internal sealed class MarketFlow
{
    private const int LowestBidCents = 100;

    private readonly MarketProfile profile;
    private readonly ulong seed;
    private readonly AliasTable activity;
    private readonly Book[] books;
    private readonly double daysPerEvent;
    private long eventIndex;
    private long eventsLeft;
    private long tradesLeft;
    private long lastNanos;
    private int currentDay;

    /// <summary>Prepares the events of a market: so many trades and so many quotes, spread evenly over the days.</summary>
    public MarketFlow(MarketProfile profile, int tradeCount, int quoteCount)
    {
        this.profile = profile;
        tradesLeft = tradeCount;
        eventsLeft = (long)tradeCount + quoteCount;
        daysPerEvent = profile.DayCount / (double)eventsLeft;
        var random = new SeededRandom(profile.Seed);
        seed = random.NextBits();
        activity = AliasTable.Zipf(profile.SymbolCount, profile.ZipfExponent);
        books = new Book[profile.SymbolCount];
        var bids = StartBids(profile, random);
        for (var symbol = 0; symbol < books.Length; symbol++)
        {
            // Spreads of quiet symbols are wider: up to two ticks for the busiest, seven for the quietest.
            var widest = 2 + (int)(symbol * 6L / books.Length);
            books[symbol] = new(bids[symbol], (byte)(1 + random.Next(widest)), (byte)widest);
        }
    }

    /// <summary>True where the current event is a trade, false where it is a quote.</summary>
    public bool IsTrade { get; private set; }

    /// <summary>When it happened, in nanoseconds since 1970: ascending, and without ties where stamps are nanoseconds.</summary>
    public long TimeNanos { get; private set; }

    /// <summary>Index of its symbol.</summary>
    public int Symbol { get; private set; }

    /// <summary>The trade's price in cents.</summary>
    public int PriceCents { get; private set; }

    /// <summary>1 where the trade's buyer was the aggressor, else 0.</summary>
    public byte IsBuy { get; private set; }

    /// <summary>The symbol's best bid, in cents.</summary>
    public int BidCents { get; private set; }

    /// <summary>The symbol's best ask, in cents.</summary>
    public int AskCents { get; private set; }

    /// <summary>True where the quote's bid side got a new price or size.</summary>
    public bool ChangesBid { get; private set; }

    /// <summary>True where the quote's ask side got a new price or size.</summary>
    public bool ChangesAsk { get; private set; }

    /// <summary>First bids of the symbols in cents: 5 to 320, so that some are cheap and some are dear.</summary>
    public static int[] StartBids(MarketProfile profile, SeededRandom random)
    {
        var bids = new int[profile.SymbolCount];
        for (var i = 0; i < bids.Length; i++)
        {
            bids[i] = (int)((500 << random.Next(6)) * (1 + random.NextUnit()));
        }

        return bids;
    }

    /// <summary>Goes to the next event; false once all trades and quotes were given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        if (eventsLeft == 0)
        {
            return false;
        }

        // Three draws an event: when and what, whose, how. They are a function of the event's number and not the next ones of a
        // sequence, because the processor can then work on several events at once.
        var draw = (ulong)eventIndex * 3;
        var when = Draw(draw);
        SetTime((uint)when);
        IsTrade = (long)(((when >> 32) * (ulong)eventsLeft) >> 32) < tradesLeft;
        Symbol = activity.Draw(Draw(draw + 1));
        var how = Draw(draw + 2);
        ref var book = ref books[Symbol];
        if (IsTrade)
        {
            tradesLeft--;
            Trade(ref book, how);
        }
        else
        {
            Quote(ref book, how);
        }

        eventsLeft--;
        eventIndex++;
        BidCents = book.BidCents;
        AskCents = book.BidCents + book.SpreadCents;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Draw(ulong number) => SeededRandom.Mix(seed + (number * SeededRandom.Step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Trade(ref Book book, ulong bits)
    {
        // Buyers follow buyers: the side changes in three of eight cases.
        if ((bits & 7) < 3)
        {
            book.LastIsBuy ^= 1;
        }

        IsBuy = book.LastIsBuy;
        var touch = IsBuy == 1 ? book.BidCents + book.SpreadCents : book.BidCents;
        PriceCents = ((bits >> 3) & 31) switch
        {
            // An order that took more than the best price had, and one that met a hidden order between the prices.
            0 => touch + (IsBuy == 1 ? 1 : -1),
            1 => book.BidCents + (book.SpreadCents / 2),
            _ => touch,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Quote(ref Book book, ulong bits)
    {
        var isBidSide = (bits & 1) == 0;
        (ChangesBid, ChangesAsk) = (isBidSide, !isBidSide);
        switch ((bits >> 1) & 15)
        {
            // Both prices move by a tick.
            case 0:
            case 1:
                book.BidCents = Math.Max(LowestBidCents, book.BidCents + (isBidSide ? 1 : -1));
                (ChangesBid, ChangesAsk) = (true, true);
                break;

            // One price moves by a tick: away from the other or towards it.
            case 2:
            case 3:
                var widens = book.SpreadCents == 1 || (book.SpreadCents < book.WidestCents && ((bits >> 5) & 1) == 0);
                if (isBidSide && book.BidCents == LowestBidCents && widens)
                {
                    break;
                }

                book.SpreadCents = (byte)(book.SpreadCents + (widens ? 1 : -1));
                book.BidCents += isBidSide ? (widens ? -1 : 1) : 0;
                break;

            // Both sizes change, and in all other cases one.
            case 4:
            case 5:
                (ChangesBid, ChangesAsk) = (true, true);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetTime(uint jitter)
    {
        var position = (eventIndex + (jitter * (1.0 / (1UL << 32)))) * daysPerEvent;
        var day = Math.Min((int)position, profile.DayCount - 1);
        if (day != currentDay)
        {
            currentDay = day;
            PassNight();
        }

        // Two events of one nanosecond would leave a bar's open and close to chance, so the later one waits.
        var nanos = (long)(DayShape(position - day) * profile.SessionNanos);
        nanos += profile.SessionStartNanos + (day * MarketProfile.NanosPerDay);
        lastNanos = Math.Max(nanos, lastNanos + 1);
        TimeNanos = profile.StampNanos == 1 ? lastNanos : lastNanos / profile.StampNanos * profile.StampNanos;
    }

    // Between two days prices jump by up to 2 %.
    private void PassNight()
    {
        var random = new SeededRandom(seed + (ulong)currentDay);
        foreach (ref var book in books.AsSpan())
        {
            book.BidCents = Math.Max(LowestBidCents, book.BidCents + (book.BidCents * (random.Next(41) - 20) / 1000));
        }
    }

    // The inverse of a U-shaped activity: many events near the open and the close map to little time there.
    private static double DayShape(double share)
    {
        var centred = (2 * Math.Clamp(share, 0, 1)) - 1;
        var bent = (1.5 * centred) - (0.5 * centred * centred * centred);
        return (1 + (0.4 * centred) + (0.6 * bent)) / 2;
    }

    private struct Book(int bidCents, byte spreadCents, byte widestCents)
    {
        public int BidCents = bidCents;
        public byte SpreadCents = spreadCents;
        public readonly byte WidestCents = widestCents;
        public byte LastIsBuy;
    }
}
