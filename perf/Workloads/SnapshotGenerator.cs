namespace TickStore.Workloads;

/// <summary>
/// Ten-level snapshots every three seconds of every symbol, at a millisecond of its own within them: best prices walk, levels are
/// one tick apart with gaps here and there, and a share of all sizes (the profile's activity) changes each time.
/// </summary>
public sealed class SnapshotGenerator
{
    private const int Depth = SnapshotBlock.Depth;
    private const long IntervalNanos = 3_000_000_000;

    private readonly MarketProfile profile;
    private readonly SeededRandom random;
    private readonly long rowCount;
    private readonly long[] bestBids;
    private readonly long[] volumes;
    private readonly long[] bids;
    private readonly long[] asks;
    private readonly int[] bidSizes;
    private readonly int[] askSizes;
    private long row;

    /// <summary>Prepares <paramref name="rowCount"/> snapshots; a new day begins after a session's worth.</summary>
    public SnapshotGenerator(MarketProfile profile, long rowCount)
    {
        this.profile = profile;
        this.rowCount = rowCount;
        random = new SeededRandom(profile.Seed + 1);
        bestBids = TradeGenerator.StartPrices(profile, random);
        volumes = new long[profile.SymbolCount];
        bids = new long[profile.SymbolCount * Depth];
        asks = new long[profile.SymbolCount * Depth];
        bidSizes = new int[profile.SymbolCount * Depth];
        askSizes = new int[profile.SymbolCount * Depth];
        for (var symbol = 0; symbol < profile.SymbolCount; symbol++)
        {
            LayLevels(symbol);
        }
    }

    /// <summary>Fills the block with the next snapshots; fewer than its capacity at the end, then none.</summary>
    public void Fill(SnapshotBlock block)
    {
        block.Count = (int)Math.Min(block.Capacity, rowCount - row);
        var roundsPerDay = profile.SessionNanos / IntervalNanos;
        for (var i = 0; i < block.Count; i++, row++)
        {
            var round = row / profile.SymbolCount;
            var symbol = (int)(row % profile.SymbolCount);
            var (day, roundOfDay) = Math.DivRem(round, roundsPerDay);
            Move(symbol, startsDay: roundOfDay == 0);
            var offset = symbol * IntervalNanos / profile.SymbolCount / 1_000_000 * 1_000_000;
            block.Times[i] = profile.SessionStartNanos + (day * 86_400_000_000_000) + (roundOfDay * IntervalNanos) + offset;
            block.Symbols[i] = symbol;
            block.LastCents[i] = bestBids[symbol] + random.Next(2);
            block.Volumes[i] = volumes[symbol];
            for (var level = 0; level < Depth; level++)
            {
                var (from, to) = ((symbol * Depth) + level, (level * block.Capacity) + i);
                block.BidCents[to] = bids[from];
                block.AskCents[to] = asks[from];
                block.BidSizes[to] = bidSizes[from];
                block.AskSizes[to] = askSizes[from];
            }
        }
    }

    private void Move(int symbol, bool startsDay)
    {
        volumes[symbol] = startsDay ? 0 : volumes[symbol] + (random.Next(4) * TradeGenerator.SizeOf(random));
        if (random.Next(3) == 0)
        {
            bestBids[symbol] = Math.Max(200, bestBids[symbol] + random.Next(5) - 2);
            LayLevels(symbol);
            return;
        }

        for (var level = symbol * Depth; level < (symbol + 1) * Depth; level++)
        {
            if (random.NextUnit() < profile.BookActivity)
            {
                bidSizes[level] = TradeGenerator.SizeOf(random);
            }

            if (random.NextUnit() < profile.BookActivity)
            {
                askSizes[level] = TradeGenerator.SizeOf(random);
            }
        }
    }

    private void LayLevels(int symbol)
    {
        var (bid, ask) = (bestBids[symbol], bestBids[symbol] + 1);
        for (var level = symbol * Depth; level < (symbol + 1) * Depth; level++)
        {
            bids[level] = bid;
            asks[level] = ask;
            bidSizes[level] = TradeGenerator.SizeOf(random);
            askSizes[level] = TradeGenerator.SizeOf(random);
            bid -= 1 + (random.Next(10) == 0 ? 1 : 0);
            ask += 1 + (random.Next(10) == 0 ? 1 : 0);
        }
    }
}
