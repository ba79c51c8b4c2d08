// A merged segment holds exactly the rows of its inputs, in segment order and to the bit, including _seq, _ingest_ts
// and _late; and the plan merges what is small and alike, never beyond the size limit, never a segment twice.
using TickStore.Core;
using TickStore.Storage.Compaction;
using TickStore.Storage.Segments;
using TickStore.Tests.Storage.Segments;

namespace TickStore.Tests.Storage.Compaction;

public sealed class CompactorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_merge_equals_the_segment_of_all_rows(int seed)
    {
        var random = new Random(seed);
        foreach (var schema in Schemas.All)
        {
            var rowCount = random.Next(50, 6000);
            using var table = new RandomTable(random, schema, rowCount, random.Next(1, 30));
            var rows = Enumerable.Range(0, rowCount).ToList();
            foreach (var part in rows.GroupBy(_ => random.Next(5)))
            {
                table.Seal([.. part]);
            }

            var info = Compactor.Run(
                table.Segments,
                table.Files,
                "/t/merged.seg",
                table.Pool,
                TestContext.Current.CancellationToken
            );
            using var merged = SegmentReader.Open(table.Files, "/t/merged.seg", table.Cache);
            merged.Check(table.Pool, TestContext.Current.CancellationToken);
            Assert.Equal(rowCount, info.RowCount);
            Assert.Equal(merged.Info with { Columns = [] }, info with { Columns = [] });
            Assert.Equal(merged.Info.Columns.Select(Uses), info.Columns.Select(Uses));

            var whole = table.Seal(rows);
            Assert.Equal(SegmentRows.Texts(table, whole), SegmentRows.Texts(table, merged));
            Assert.Equal(SegmentRows.Expected(table, rows), SegmentRows.Texts(table, merged));
        }
    }

    [Fact]
    public void A_cancelled_merge_leaves_no_file()
    {
        var random = new Random(4);
        using var table = new RandomTable(random, Schemas.Trades, 5000, 9);
        table.Seal([.. Enumerable.Range(0, 5000)]);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            Compactor.Run(table.Segments, table.Files, "/t/merged.seg", table.Pool, source.Token)
        );
        Assert.Equal(["0.seg"], table.Files.ListFiles("/t"));
    }

    [Fact]
    public void Segments_of_other_columns_are_refused()
    {
        var random = new Random(4);
        using var table = new RandomTable(random, Schemas.Trades, 50, 9);
        using var other = new RandomTable(random, Schemas.NoTime, 50, 9);
        SegmentReader[] segments = [table.Seal([1, 2, 3]), other.Seal([1, 2, 3])];
        var error = Assert.Throws<TickStoreException>(() =>
            Compactor.Run(segments, table.Files, "/t/x", table.Pool, TestContext.Current.CancellationToken)
        );
        Assert.Equal(ErrorCode.SchemaMismatch, error.Code);
    }

    [Fact]
    public void Small_alike_segments_are_merged_and_few_or_large_ones_are_not()
    {
        Assert.Empty(Compactor.Plan([]));
        Assert.Empty(Compactor.Plan([.. Enumerable.Range(0, 3).Select(i => Info(i, 1000))]));
        Assert.Empty(Compactor.Plan([.. Enumerable.Range(0, 9).Select(i => Info(i, 300L << 20))]));
        Assert.Empty(Compactor.Plan([Info(0, 1000), Info(1, 1 << 20), Info(2, 8 << 20), Info(3, 64 << 20)]));
        var plan = Compactor.Plan([.. Enumerable.Range(0, 5).Select(i => Info(i, 1000 + i)), Info(5, 100L << 20)]);
        Assert.Equal(5, Assert.Single(plan).Count);
    }

    [Fact]
    public void Many_segments_over_the_same_time_are_merged_whatever_their_size()
    {
        var sizes = Enumerable.Range(0, 12).Select(i => 1000L << i);
        var plan = Compactor.Plan(
            [.. sizes.Select(bytes => Info(0, bytes))],
            new CompactionOptions { MergeCountMin = 13, OverlapCountMax = 12 }
        );
        Assert.Empty(plan);
        plan = Compactor.Plan(
            [.. sizes.Select(bytes => Info(0, bytes))],
            new CompactionOptions { MergeCountMin = 10, OverlapCountMax = 12 }
        );
        Assert.Equal(12, Assert.Single(plan).Count);
    }

    [Fact]
    public void Plans_end_keep_the_limit_and_never_name_a_segment_twice()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var options = new CompactionOptions { SegmentBytesMax = 1L << random.Next(15, 28) };
            var segments = Enumerable
                .Range(0, random.Next(60))
                .Select(i => Info(random.Next(100), 100 + (1L << random.Next(28))))
                .ToList();
            for (var step = 0; ; step++)
            {
                Assert.True(step < 100);
                var plan = Compactor.Plan(segments, options);
                if (plan.Count == 0)
                {
                    break;
                }

                var named = plan.SelectMany(group => group).ToList();
                Assert.Equal(named.Count, named.Distinct(ReferenceEqualityComparer.Instance).Count());
                foreach (var group in plan)
                {
                    Assert.InRange(group.Sum(segment => segment.FileBytes), 1, options.SegmentBytesMax);
                    segments.RemoveAll(segment => group.Any(other => ReferenceEquals(segment, other)));
                    segments.Add(Info(group[0].MinTime, group.Sum(segment => segment.FileBytes)));
                }
            }
        }
    }

    private static string Uses(SegmentColumnInfo column) =>
        $"{column.Name} {column.Type} {column.Bytes} {string.Join(',', column.Codecs.Select(use => $"{use.Codec}={use.VectorCount}"))}";

    private static SegmentInfo Info(long minTime, long bytes) =>
        new()
        {
            Path = $"/{minTime}-{bytes}-{Guid.NewGuid()}",
            Table = "t",
            SchemaFingerprint = 1,
            RowCount = 1,
            VectorCount = 1,
            FileBytes = bytes,
            MinSequence = minTime,
            MaxSequence = minTime,
            MinTime = minTime,
            MaxTime = minTime + 1,
            MinSymbol = 0,
            MaxSymbol = 0,
            Columns = [],
        };
}
