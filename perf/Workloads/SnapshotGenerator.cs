using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>
/// Ten-level snapshots of every symbol on a grid of three seconds, each symbol at a millisecond of its own within them: best prices
/// walk, levels are one tick apart but for prices where nobody waits, and a share of all sizes (the profile's activity)
/// changes each time. A price that stays in the book when the best prices move keeps its size with the same share as any
/// other.
/// </summary>
/// <remarks>
/// Every day has an equal share of the rows. Where that is fewer than a snapshot of each symbol every three seconds, the rounds
/// are spread over the whole session and those between them are left out, so that "the last book as of T" has an answer
/// close to T at any size of the table.
/// </remarks>
public sealed class SnapshotGenerator
{
    private const int Depth = SnapshotBlock.Depth;
    private const int LowestBidCents = 200;
    private const long IntervalNanos = 3_000_000_000;

    private readonly MarketProfile profile;
    private readonly SeededRandom random;
    private readonly int rowCount;
    private readonly int[] bestBids;
    private readonly long[] volumes;
    private readonly int[] bids;
    private readonly int[] asks;
    private readonly int[] bidSizes;
    private readonly int[] askSizes;
    private int row;
    private int day = -1;
    private int dayFirstRow;
    private int dayEndRow;

    /// <summary>Prepares all snapshots of the profile.</summary>
    public SnapshotGenerator(WorkloadProfile profile)
        : this(profile.Market, profile.SnapshotCount) { }

    /// <summary>Prepares <paramref name="rowCount"/> snapshots, spread over the market's days.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are more than one of each symbol every three seconds.</exception>
    public SnapshotGenerator(MarketProfile profile, int rowCount)
    {
        this.profile = profile;
        this.rowCount = rowCount;
        var rowsMax = profile.SessionNanos / IntervalNanos * profile.SymbolCount * profile.DayCount;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, rowsMax);
        random = new SeededRandom(profile.Seed + 1);
        bestBids = MarketFlow.StartBids(profile, random);
        volumes = new long[profile.SymbolCount];
        bids = new int[profile.SymbolCount * Depth];
        asks = new int[profile.SymbolCount * Depth];
        bidSizes = new int[profile.SymbolCount * Depth];
        askSizes = new int[profile.SymbolCount * Depth];
        for (var symbol = 0; symbol < profile.SymbolCount; symbol++)
        {
            LayLevels(symbol);
        }
    }

    /// <summary>Fills the block with the next snapshots; fewer than its capacity at the end, then none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(SnapshotBlock block)
    {
        block.Count = Math.Min(block.Capacity, rowCount - row);
        for (var i = 0; i < block.Count; i++, row++)
        {
            while (row == dayEndRow)
            {
                BeginDay();
            }

            var (round, symbol) = Math.DivRem(row - dayFirstRow, profile.SymbolCount);
            Move(symbol);
            block.Times[i] = TimeOf(round, symbol);
            block.Symbols[i] = symbol;
            block.LastCents[i] = random.Next(2) == 0 ? bids[symbol * Depth] : asks[symbol * Depth];
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

    private void BeginDay()
    {
        day++;
        dayFirstRow = dayEndRow;
        dayEndRow = (int)((long)rowCount * (day + 1) / profile.DayCount);
        volumes.AsSpan().Clear();
    }

    private long TimeOf(int round, int symbol)
    {
        var roundsWanted = (dayEndRow - dayFirstRow + profile.SymbolCount - 1) / profile.SymbolCount;
        var roundOfGrid = round * (profile.SessionNanos / IntervalNanos) / roundsWanted;
        var offset = symbol * IntervalNanos / profile.SymbolCount / 1_000_000 * 1_000_000;
        return profile.SessionStartNanos + (day * MarketProfile.NanosPerDay) + (roundOfGrid * IntervalNanos) + offset;
    }

    private void Move(int symbol)
    {
        volumes[symbol] += random.Next(4) * (long)Lots.Draw(random);
        if (random.Next(3) == 0)
        {
            bestBids[symbol] = Math.Max(LowestBidCents, bestBids[symbol] + random.Next(5) - 2);
        }

        LayLevels(symbol);
    }

    private void LayLevels(int symbol)
    {
        var (from, best) = (symbol * Depth, bestBids[symbol]);
        LaySide(symbol, best, step: -1, bids.AsSpan(from, Depth), bidSizes.AsSpan(from, Depth));
        LaySide(symbol, best + 1, step: 1, asks.AsSpan(from, Depth), askSizes.AsSpan(from, Depth));
    }

    private void LaySide(int symbol, int price, int step, Span<int> prices, Span<int> sizes)
    {
        Span<int> oldPrices = stackalloc int[Depth];
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
            sizes[level] = stays ? oldSizes[old] : Lots.Draw(random);
        }
    }

    private bool IsEmpty(int symbol, int price)
    {
        var mixed = ((ulong)price + ((ulong)symbol << 32) + profile.Seed) * 0x9E3779B97F4A7C15;
        return ((mixed ^ (mixed >> 32)) * 0xBF58476D1CE4E5B9) >> 32 < 0x1999_9999;
    }
}
