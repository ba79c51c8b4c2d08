// Proves that snapshots are ten ordered levels a side of positive lots, that every round has every symbol once, that each day's
// session is covered to its end at any number of rows, and that busy and quiet books change as much as they should.
using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

public sealed class SnapshotTests
{
    private const int Depth = SnapshotBlock.Depth;

    [Fact]
    public void Levels_are_in_order_and_sizes_are_lots()
    {
        var rows = Generated.Snapshots;
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.True(rows.BidCents[i] < rows.AskCents[i]);
            Assert.True(rows.LastCents[i] == rows.BidCents[i] || rows.LastCents[i] == rows.AskCents[i]);
            for (var level = 0; level < Depth; level++)
            {
                var at = (level * rows.Capacity) + i;
                Assert.True(rows.BidCents[at] > 0);
                Assert.True(rows.BidSizes[at] > 0 && rows.BidSizes[at] % 100 == 0);
                Assert.True(rows.AskSizes[at] > 0 && rows.AskSizes[at] % 100 == 0);
                if (level > 0)
                {
                    Assert.True(rows.BidCents[at] < rows.BidCents[at - rows.Capacity]);
                    Assert.True(rows.AskCents[at] > rows.AskCents[at - rows.Capacity]);
                }
            }
        }
    }

    [Fact]
    public void A_round_has_every_symbol_once_and_times_ascend()
    {
        var rows = Generated.Snapshots;
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal(i % Generated.Market.SymbolCount, rows.Symbols[i]);
            Assert.True(i == 0 || rows.Times[i] >= rows.Times[i - 1]);
            Assert.Equal(0, rows.Times[i] % 1_000_000);
        }
    }

    [Fact]
    public void Few_rounds_are_spread_over_the_sessions_of_all_days()
    {
        var symbolCount = Generated.Market.SymbolCount;
        var rows = Generated.Snapshots;
        var rounds = rows.Count / symbolCount;
        var roundsPerDay = rounds / Generated.Market.DayCount;
        for (var round = 0; round < rounds; round++)
        {
            var time = rows.Times[round * symbolCount];
            var (day, ofDay) = Math.DivRem(round, roundsPerDay);
            Assert.Equal(day, Generated.DayOf(time));

            // On the grid of three seconds, and as far into the session as the round is into the day's rounds.
            var inSession = Generated.InSession(time);
            Assert.Equal(0, inSession % 3_000_000_000);
            Assert.InRange(Generated.Market.SessionNanos * ofDay / roundsPerDay - inSession, 0, 3_000_000_000);
        }
    }

    [Fact]
    public void A_full_day_has_a_round_every_three_seconds_and_no_room_for_more()
    {
        var market = new MarketProfile { SymbolCount = 2, DayCount = 1 };
        var block = new SnapshotBlock(4800 * 2);
        new SnapshotGenerator(market, block.Capacity).Fill(block);
        for (var i = 2; i < block.Count; i++)
        {
            Assert.Equal(3_000_000_000, block.Times[i] - block.Times[i - 2]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new SnapshotGenerator(market, (4800 * 2) + 1));
    }

    [Fact]
    public void Volumes_grow_through_a_day_and_begin_again_with_the_next()
    {
        var rows = Generated.Snapshots;
        var symbolCount = Generated.Market.SymbolCount;
        var restarts = 0;
        for (var i = symbolCount; i < rows.Count; i++)
        {
            var startsDay = Generated.DayOf(rows.Times[i]) != Generated.DayOf(rows.Times[i - symbolCount]);
            restarts += startsDay && rows.Volumes[i] < rows.Volumes[i - symbolCount] ? 1 : 0;
            Assert.True(startsDay || rows.Volumes[i] >= rows.Volumes[i - symbolCount]);
        }

        Assert.InRange(restarts, symbolCount * 0.95, symbolCount);
    }

    [Theory]
    [InlineData("", 0.4, 0.55)]
    [InlineData("-quiet", 0.05, 0.08)]
    public void Sizes_change_as_often_as_the_profile_says(string variant, double shareMin, double shareMax)
    {
        // Of the sizes drawn anew a third is what it was by chance, so less than the profile's share is seen to change.
        var rows = Generated.SnapshotsOf(Generated.Few(variant));
        var (stays, changes) = (0, 0);
        for (var i = Generated.Market.SymbolCount; i < rows.Count; i++)
        {
            var before = i - Generated.Market.SymbolCount;
            for (var level = 0; level < Depth; level++)
            {
                for (var old = 0; old < Depth; old++)
                {
                    var (now, then) = ((level * rows.Capacity) + i, (old * rows.Capacity) + before);
                    if (rows.BidCents[now] == rows.BidCents[then])
                    {
                        stays++;
                        changes += rows.BidSizes[now] != rows.BidSizes[then] ? 1 : 0;
                    }
                }
            }
        }

        Assert.InRange(stays, rows.Count * Depth / 2, rows.Count * Depth);
        Assert.InRange((double)changes / stays, shareMin, shareMax);
    }
}
