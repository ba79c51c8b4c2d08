// Proves what names of profiles stand for, that a wrong name is refused with the right ones, and that the random numbers are
// those of the published algorithms.
using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

public sealed class ProfileTests
{
    [Fact]
    public void Small_and_medium_have_their_rows()
    {
        var (small, medium) = (WorkloadProfile.Named("small"), WorkloadProfile.Named("medium"));
        Assert.Equal(WorkloadProfile.Small, small);
        Assert.Equal(2_000_000, small.TradeCount + small.QuoteCount + small.SnapshotCount);
        Assert.Equal(2, small.Market.DayCount);
        Assert.Equal(WorkloadProfile.Medium, medium);
        Assert.Equal(110_000_000, medium.TradeCount + medium.QuoteCount + medium.SnapshotCount);
        Assert.Equal(5, medium.Market.DayCount);
        Assert.Equal(2000, medium.Market.SymbolCount);
    }

    [Fact]
    public void A_number_of_trades_gives_a_profile_of_that_size()
    {
        var profile = WorkloadProfile.Named("30000000-10ms-quiet");
        Assert.Equal("30000000-10ms-quiet", profile.Name);
        Assert.Equal(
            (30_000_000, 30_000_000, 6_000_000),
            (profile.TradeCount, profile.QuoteCount, profile.SnapshotCount)
        );
        Assert.Equal(3, profile.Market.DayCount);
        Assert.Equal(MarketProfile.TenMillisecondStamps, profile.Market.StampNanos);
        Assert.Equal(MarketProfile.QuietBook, profile.Market.BookActivity);
    }

    [Theory]
    [InlineData("large")]
    [InlineData("")]
    [InlineData("999")]
    [InlineData("small-1ms")]
    public void A_wrong_name_is_refused_with_the_right_ones(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => WorkloadProfile.Named(name));
        Assert.Contains("small, medium or a number of trades", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Splitmix64_gives_its_published_numbers()
    {
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431];
        for (var i = 0; i < published.Length; i++)
        {
            Assert.Equal(published[i], SeededRandom.Mix(unchecked(1234567 + ((ulong)(i + 1) * SeededRandom.Step))));
        }
    }

    [Fact]
    public void An_alias_table_draws_by_weight()
    {
        double[] weights = [5, 0, 1, 4];
        var table = new AliasTable(weights);
        var random = new SeededRandom(7);
        var counts = new int[weights.Length];
        for (var i = 0; i < 100_000; i++)
        {
            counts[table.Draw(random.NextBits())]++;
        }

        Assert.InRange(counts[0], 49_000, 51_000);
        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[2], 9_500, 10_500);
        Assert.InRange(counts[3], 39_000, 41_000);
    }
}
