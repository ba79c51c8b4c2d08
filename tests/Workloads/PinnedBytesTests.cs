// Proves that a seed gives the same bytes on any machine and at any time: the SHA-256 of a small block of each table and
// profile is written down here, values little-endian, column after column. A change of the generator that changes rows
// must change these lines, and then no result measured before may be compared with one measured after.
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TickStore.Workloads;

namespace TickStore.Tests.Workloads;

public sealed class PinnedBytesTests
{
    [Theory]
    [InlineData("", "15e5f162a94a0699eeed6613026cefc18ad9b63440ad1238b082f77b368b0572")]
    [InlineData("-10ms", "1331ffee01f446df16fc946f8c1b5230226fe9bd5a272fdb724bb9961ea8a5fa")]
    public void Trades_have_the_bytes_that_they_always_had(string variant, string sha256) =>
        Assert.Equal(sha256, HashOf(Generated.TradesOf(Generated.Few(variant))));

    [Theory]
    [InlineData("", "ed680386523b959276b8d18762ff2533bf14a5edefa5902000633e8817fde5de")]
    [InlineData("-10ms", "623e2a90485e510911696c6dc23c5aaea3a9a39529b255bc2bb5b531ff212c20")]
    public void Quotes_have_the_bytes_that_they_always_had(string variant, string sha256) =>
        Assert.Equal(sha256, HashOf(Generated.QuotesOf(Generated.Few(variant))));

    [Theory]
    [InlineData("", "841854cfa60e65312287591e440b05f0a5b456b46f1d3ec6306eb90217f16b83")]
    [InlineData("-quiet", "cd1e8e77dc53e27681773981f8fa30bf373a029d70b2bc4ae22647edf9252e29")]
    public void Snapshots_have_the_bytes_that_they_always_had(string variant, string sha256) =>
        Assert.Equal(sha256, HashOf(Generated.SnapshotsOf(Generated.Few(variant))));

    [Fact]
    public void Another_seed_gives_other_rows()
    {
        var few = Generated.Few("");
        var other = few with { Market = few.Market with { Seed = few.Market.Seed + 1 } };
        Assert.NotEqual(HashOf(Generated.TradesOf(few)), HashOf(Generated.TradesOf(other)));
        Assert.NotEqual(HashOf(Generated.QuotesOf(few)), HashOf(Generated.QuotesOf(other)));
        Assert.NotEqual(HashOf(Generated.SnapshotsOf(few)), HashOf(Generated.SnapshotsOf(other)));
    }

    [Fact]
    public void Names_and_durable_counts_have_no_influence()
    {
        var few = Generated.Few("");
        var renamed = few with { Name = "other" };
        Assert.Equal(HashOf(Generated.TradesOf(few)), HashOf(Generated.TradesOf(renamed)));
    }

    [Fact]
    public void Rows_do_not_depend_on_how_many_are_asked_for_at_a_time()
    {
        var few = Generated.Few("");
        var trades = Generated.TradesOf(few);
        var tradeGenerator = new TradeGenerator(few);
        var tradePart = new TradeBlock(777);
        var row = 0;
        for (tradeGenerator.Fill(tradePart); tradePart.Count > 0; tradeGenerator.Fill(tradePart))
        {
            Assert.Equal(trades.Times.AsSpan(row, tradePart.Count), tradePart.Times.AsSpan(0, tradePart.Count));
            Assert.Equal(trades.Symbols.AsSpan(row, tradePart.Count), tradePart.Symbols.AsSpan(0, tradePart.Count));
            Assert.Equal(
                trades.PriceCents.AsSpan(row, tradePart.Count),
                tradePart.PriceCents.AsSpan(0, tradePart.Count)
            );
            Assert.Equal(trades.Sizes.AsSpan(row, tradePart.Count), tradePart.Sizes.AsSpan(0, tradePart.Count));
            Assert.Equal(trades.IsBuy.AsSpan(row, tradePart.Count), tradePart.IsBuy.AsSpan(0, tradePart.Count));
            row += tradePart.Count;
        }

        Assert.Equal(few.TradeCount, row);
        var snapshots = Generated.SnapshotsOf(few);
        var snapshotGenerator = new SnapshotGenerator(few);
        var snapshotPart = new SnapshotBlock(777);
        row = 0;
        for (snapshotGenerator.Fill(snapshotPart); snapshotPart.Count > 0; snapshotGenerator.Fill(snapshotPart))
        {
            var count = snapshotPart.Count;
            Assert.Equal(snapshots.Times.AsSpan(row, count), snapshotPart.Times.AsSpan(0, count));
            for (var level = 0; level < SnapshotBlock.Depth; level++)
            {
                var (whole, part) = ((level * snapshots.Capacity) + row, level * snapshotPart.Capacity);
                Assert.Equal(snapshots.BidCents.AsSpan(whole, count), snapshotPart.BidCents.AsSpan(part, count));
                Assert.Equal(snapshots.AskSizes.AsSpan(whole, count), snapshotPart.AskSizes.AsSpan(part, count));
            }

            row += count;
        }

        Assert.Equal(few.SnapshotCount, row);
    }

    private static string HashOf(TradeBlock block) =>
        HashOf(Bytes(block.Times), Bytes(block.Symbols), Bytes(block.PriceCents), Bytes(block.Sizes), block.IsBuy);

    private static string HashOf(QuoteBlock block) =>
        HashOf(
            Bytes(block.Times),
            Bytes(block.Symbols),
            Bytes(block.BidCents),
            Bytes(block.AskCents),
            Bytes(block.BidSizes),
            Bytes(block.AskSizes)
        );

    private static string HashOf(SnapshotBlock block) =>
        HashOf(
            Bytes(block.Times),
            Bytes(block.Symbols),
            Bytes(block.LastCents),
            Bytes(block.Volumes),
            Bytes(block.BidCents),
            Bytes(block.AskCents),
            Bytes(block.BidSizes),
            Bytes(block.AskSizes)
        );

    private static string HashOf(params byte[][] columns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var column in columns)
        {
            hash.AppendData(column);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged
    {
        Assert.True(BitConverter.IsLittleEndian);
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}
