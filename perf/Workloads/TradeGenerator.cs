using System.Numerics;

namespace TickStore.Workloads;

/// <summary>
/// Trades of a market: Zipf over symbols, U-shaped through the day, prices that walk on the tick grid with bid/ask bounce,
/// sizes in lots with a heavy tail. Rows come in arrival order, which is time order.
/// </summary>
public sealed class TradeGenerator
{
    private readonly MarketProfile profile;
    private readonly SeededRandom random;
    private readonly AliasTable activity;
    private readonly long[] mids;
    private readonly long rowCount;
    private long row;

    /// <summary>Prepares <paramref name="rowCount"/> trades spread evenly over the profile's days.</summary>
    public TradeGenerator(MarketProfile profile, long rowCount)
    {
        this.profile = profile;
        this.rowCount = rowCount;
        random = new SeededRandom(profile.Seed);
        activity = AliasTable.Zipf(profile.SymbolCount, profile.ZipfExponent);
        mids = StartPrices(profile, random);
    }

    /// <summary>Fills the block with the next trades; fewer than its capacity at the end, then none.</summary>
    public void Fill(TradeBlock block)
    {
        block.Count = (int)Math.Min(block.Times.Length, rowCount - row);
        for (var i = 0; i < block.Count; i++, row++)
        {
            var symbol = activity.Draw(random);
            var bits = random.NextBits();
            if ((bits & 7) == 0)
            {
                mids[symbol] = Math.Max(100, mids[symbol] + ((bits & 8) == 0 ? 1 : -1));
            }

            var isBuy = (bits >> 4) & 1;
            block.Times[i] = TimeOf(row);
            block.Symbols[i] = symbol;
            block.PriceCents[i] = mids[symbol] + (long)isBuy;
            block.Sizes[i] = SizeOf(random);
            block.IsBuy[i] = (byte)isBuy;
        }
    }

    internal static long[] StartPrices(MarketProfile profile, SeededRandom random)
    {
        var prices = new long[profile.SymbolCount];
        for (var i = 0; i < prices.Length; i++)
        {
            prices[i] = (long)((500 << random.Next(6)) * (1 + random.NextUnit()));
        }

        return prices;
    }

    /// <summary>Lots of 100 shares: half of the trades have one, and each doubling is half as frequent.</summary>
    internal static int SizeOf(SeededRandom random)
    {
        var bits = random.NextBits();
        var doublings = Math.Min(BitOperations.TrailingZeroCount(bits), 16);
        return 100 * ((1 << doublings) + (int)((bits >> 32) & ((1UL << doublings) - 1)));
    }

    private long TimeOf(long index)
    {
        var position = (index + random.NextUnit()) / rowCount * profile.DayCount;
        var day = Math.Min((int)position, profile.DayCount - 1);
        var nanos = (long)(DayShape(position - day) * profile.SessionNanos);
        return profile.SessionStartNanos
            + (day * 86_400_000_000_000)
            + (nanos / profile.StampNanos * profile.StampNanos);
    }

    // The inverse of a U-shaped activity: many trades near the open and the close map to little time there.
    private static double DayShape(double share)
    {
        var centred = (2 * Math.Clamp(share, 0, 1)) - 1;
        var bent = (1.5 * centred) - (0.5 * centred * centred * centred);
        return (1 + (0.4 * centred) + (0.6 * bent)) / 2;
    }
}
