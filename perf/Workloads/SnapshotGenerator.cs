namespace TickStore.Workloads;

/// <summary>
/// Ten-level snapshots every three seconds of every symbol, at a millisecond of its own within them: best prices walk, levels are
/// one tick apart but for prices where nobody waits, and a share of all sizes (the profile's activity) changes each time. A
/// price that stays in the book when the best prices move keeps its size with the same share as any other.
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
            block.Times[i] =
                profile.SessionStartNanos + (day * 86_400_000_000_000) + (roundOfDay * IntervalNanos) + offset;
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
        }

        LayLevels(symbol);
    }

    private void LayLevels(int symbol)
    {
        var (from, best) = (symbol * Depth, bestBids[symbol]);
        LaySide(symbol, best, step: -1, bids.AsSpan(from, Depth), bidSizes.AsSpan(from, Depth));
        LaySide(symbol, best + 1, step: 1, asks.AsSpan(from, Depth), askSizes.AsSpan(from, Depth));
    }

    private void LaySide(int symbol, long price, int step, Span<long> prices, Span<int> sizes)
    {
        Span<long> oldPrices = stackalloc long[Depth];
        Span<int> oldSizes = stackalloc int[Depth];
        prices.CopyTo(oldPrices);
        sizes.CopyTo(oldSizes);
        for (var level = 0; level < Depth; level++, price += step)
        {
            // The best price always has orders; one in ten of the others has none, and it is the same one each time.
            while (level > 0 && IsEmpty(symbol, price))
            {
                price += step;
            }

            var old = oldPrices.IndexOf(price);
            var stays = old >= 0 && random.NextUnit() >= profile.BookActivity;
            prices[level] = price;
            sizes[level] = stays ? oldSizes[old] : TradeGenerator.SizeOf(random);
        }
    }

    private bool IsEmpty(int symbol, long price)
    {
        var mixed = ((ulong)price + ((ulong)symbol << 32) + profile.Seed) * 0x9E3779B97F4A7C15;
        return ((mixed ^ (mixed >> 32)) * 0xBF58476D1CE4E5B9) >> 32 < 0x1999_9999;
    }
}
