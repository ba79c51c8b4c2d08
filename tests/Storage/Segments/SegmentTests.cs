// A segment gives back every row to the bit in segment order, for all types, one row, thin and thick symbols; a changed
// byte, a cut file, a newer version and a file of another kind are found and named, and never read as data.
using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Segments;

namespace TickStore.Tests.Storage.Segments;

public sealed class SegmentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 1023, 1)]
    [InlineData(4, 1024, 1)]
    [InlineData(5, 1025, 1)]
    [InlineData(6, 5000, 3)]
    [InlineData(7, 5000, 4000)]
    [InlineData(8, 70_000, 40)]
    public void Rows_come_back_as_they_were(int seed, int rowCount, int symbolCount)
    {
        var random = new Random(seed);
        foreach (var schema in Schemas.All)
        {
            var rowsHere = schema.Columns.Count > 10 ? Math.Min(rowCount, 6000) : rowCount;
            using var table = new RandomTable(random, schema, rowsHere, symbolCount);
            var rows = Enumerable.Range(0, rowsHere).ToList();
            var reader = table.Seal(rows);
            Assert.Equal(SegmentRows.Expected(table, rows), SegmentRows.Texts(table, reader));
            reader.Check(table.Pool, Token);
            CheckInfo(table, reader);
        }
    }

    [Fact]
    public void Vectors_hold_one_thick_symbol_or_several_thin_ones()
    {
        var runs = new SymbolRuns();
        long[] counts = [3, 5, 2500, 100, 1000, 24, 511, 514, 1024, 1];
        for (var i = 0; i < counts.Length; i++)
        {
            runs.Add(i * 2, counts[i]);
        }

        var vectors = runs.CutVectors();
        Assert.Equal(counts.Sum(), vectors.Sum(v => v));
        Assert.All(vectors, v => Assert.InRange(v, 1, 1024));
        Assert.Equal([8, 1024, 1024, 552, 1024, 511, 514, 1024, 1], vectors.Select(v => (int)v));
    }

    [Fact]
    public void Rows_outside_the_partition_are_left_out()
    {
        var random = new Random(3);
        using var table = new RandomTable(random, Schemas.Trades, 3000, 5);
        var (from, to) = (table.Time(1000), table.Time(2000));
        (from, to) = (Math.Min(from, to), Math.Max(from, to));
        RowChunk[] chunks = [new(table.All, 3000)];
        var info = SegmentWriter.Write(
            table.Schema,
            chunks,
            table.Commits,
            table.Files,
            "/t/p.seg",
            table.Pool,
            from,
            to,
            Token
        )!;
        using var reader = SegmentReader.Open(table.Files, "/t/p.seg");
        var rows = Enumerable.Range(0, 3000).Where(row => table.Time(row) >= from && table.Time(row) <= to).ToList();
        Assert.Equal(rows.Count, info.RowCount);
        Assert.Equal(SegmentRows.Expected(table, rows), SegmentRows.Texts(table, reader));
        Assert.Null(
            SegmentWriter.Write(table.Schema, chunks, table.Commits, table.Files, "/t/q.seg", table.Pool, 1, 2, Token)
        );
        Assert.Null(
            SegmentWriter.Write(
                table.Schema,
                [],
                table.Commits,
                table.Files,
                "/t/q.seg",
                table.Pool,
                cancellationToken: Token
            )
        );
        Assert.Equal(["p.seg"], table.Files.ListFiles("/t"));
    }

    [Fact]
    public void A_changed_byte_is_found_whatever_byte_it_is()
    {
        foreach (var schema in Schemas.All)
        {
            var random = new Random(21);
            using var table = new RandomTable(random, schema, 60, 4);
            var expected = SegmentRows.Texts(table, table.Seal([.. Enumerable.Range(0, 60)]));
            var bytes = table.Files.ReadAllBytes("/t/0.seg");
            for (var i = 0; i < bytes.Length; i++)
            {
                var changed = bytes.ToArray();
                changed[i] ^= (byte)(1 << (i % 8));
                Put(table.Files, "/t/changed.seg", changed);
                var error = Assert.Throws<TickStoreException>(() =>
                {
                    using var reader = SegmentReader.Open(table.Files, "/t/changed.seg");
                    Assert.Equal(expected, SegmentRows.Texts(table, reader));
                });
                Assert.Equal(ErrorCode.Corruption, error.Code);
                Assert.StartsWith("/t/changed.seg", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_corrupt_block_is_named_with_its_column_by_reads_and_by_checks()
    {
        var random = new Random(22);
        using var table = new RandomTable(random, Schemas.Everything, 500, 4);
        table.Seal([.. Enumerable.Range(0, 500)]);
        var bytes = table.Files.ReadAllBytes("/t/0.seg");
        bytes[SegmentFormat.HeaderBytes + 10] ^= 64;
        Put(table.Files, "/t/changed.seg", bytes);
        using var reader = SegmentReader.Open(table.Files, "/t/changed.seg");
        var error = Assert.Throws<TickStoreException>(() => reader.Check(table.Pool, Token));
        Assert.StartsWith(
            "/t/changed.seg, column b, block 0 at offset 64, vector 0",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(error.Message, Assert.Throws<TickStoreException>(() => SegmentRows.Texts(table, reader)).Message);
    }

    [Fact]
    public void A_file_cut_short_is_truncated_at_every_length()
    {
        var random = new Random(23);
        using var table = new RandomTable(random, Schemas.Trades, 100, 4);
        table.Seal([.. Enumerable.Range(0, 100)]);
        var bytes = table.Files.ReadAllBytes("/t/0.seg");
        for (var length = 0; length < bytes.Length; length++)
        {
            Put(table.Files, "/t/cut.seg", bytes.AsSpan(0, length));
            var error = Assert.Throws<TickStoreException>(() => SegmentReader.Open(table.Files, "/t/cut.seg"));
            Assert.Equal(ErrorCode.Corruption, error.Code);
            Assert.Contains(length == 0 ? "not a segment file" : "truncated", error.Message, StringComparison.Ordinal);
        }

        Put(table.Files, "/t/long.seg", [.. bytes, 0]);
        Assert.Throws<TickStoreException>(() => SegmentReader.Open(table.Files, "/t/long.seg"));
    }

    [Fact]
    public void A_newer_version_and_another_kind_of_file_have_errors_of_their_own()
    {
        var random = new Random(24);
        using var table = new RandomTable(random, Schemas.Trades, 100, 4);
        table.Seal([.. Enumerable.Range(0, 100)]);
        var bytes = table.Files.ReadAllBytes("/t/0.seg");
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), SegmentFormat.Version + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(56), XxHash3.HashToUInt64(bytes.AsSpan(0, 56)));
        Put(table.Files, "/t/newer.seg", bytes);
        Assert.Equal(
            ErrorCode.NewerFormat,
            Assert.Throws<TickStoreException>(() => SegmentReader.Open(table.Files, "/t/newer.seg")).Code
        );
        Put(table.Files, "/t/text.seg", new string('x', 500).Select(c => (byte)c).ToArray());
        var error = Assert.Throws<TickStoreException>(() => SegmentReader.Open(table.Files, "/t/text.seg"));
        Assert.Contains("not a segment file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Footers_of_random_bytes_are_refused_not_read()
    {
        var random = new Random(25);
        using var table = new RandomTable(random, Schemas.Everything, 60, 4);
        table.Seal([.. Enumerable.Range(0, 60)]);
        var bytes = table.Files.ReadAllBytes("/t/0.seg");
        var header = SegmentFormat.ReadHeader(bytes.AsSpan(0, 64), bytes.Length, "x");
        var refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            // Checksums are made to fit, so that only the bounds checks are left to find the fault.
            var footer = bytes.AsSpan((int)header.FooterOffset).ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                footer[random.Next(footer.Length)] = (byte)random.Next(256);
            }

            var changed = bytes.ToArray();
            footer.CopyTo(changed, header.FooterOffset);
            SegmentFormat.WriteHeader(
                header with
                {
                    FooterChecksum = SegmentFormat.FooterChecksum(footer, header.FileId),
                },
                changed.AsSpan(0, 64)
            );
            Put(table.Files, "/t/changed.seg", changed);
            try
            {
                using var reader = SegmentReader.Open(table.Files, "/t/changed.seg");
                reader.Check(table.Pool, Token);
            }
            catch (TickStoreException e)
            {
                Assert.Equal(ErrorCode.Corruption, e.Code);
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 4000);
    }

    [Fact]
    public void A_null_in_a_column_not_null_is_refused_and_leaves_no_file()
    {
        var random = new Random(26);
        using var table = new RandomTable(random, Schemas.Trades, 100, 4);
        table.All[0].WritableValidity()[50] = 0;
        var error = Assert.Throws<TickStoreException>(() => table.Seal([.. Enumerable.Range(0, 100)]));
        Assert.Equal(ErrorCode.NullViolation, error.Code);
        Assert.Empty(table.Files.ListFiles("/t"));
    }

    [Fact]
    public void Warm_reads_read_nothing_and_a_small_budget_only_costs_time()
    {
        var random = new Random(27);
        using var table = new RandomTable(random, Schemas.Trades, 90_000, 20);
        table.Seal([.. Enumerable.Range(0, 90_000)]);
        var budget = new MemoryBudget(64L << 20, "blocks");
        var cache = new BlockCache(budget);
        using (var reader = SegmentReader.Open(table.Files, "/t/0.seg", cache))
        {
            var first = SegmentRows.Texts(table, reader);
            var misses = cache.MissCount;
            Assert.Equal(misses, cache.BlockCount);
            Assert.Equal(first, SegmentRows.Texts(table, reader));
            Assert.Equal(misses, cache.MissCount);

            var tight = new BlockCache(new MemoryBudget(100_000, "blocks"));
            using var tightReader = SegmentReader.Open(table.Files, "/t/0.seg", tight);
            Assert.Equal(first, SegmentRows.Texts(table, tightReader));
            Assert.InRange(tight.BlockCount, 1, (int)misses - 1);
        }

        Assert.Equal(0, budget.UsedBytes);
    }

    private static void CheckInfo(RandomTable table, SegmentReader reader)
    {
        var rows = Enumerable.Range(0, table.All.RowCount).ToList();
        Assert.Equal(rows.Count, reader.Info.RowCount);
        Assert.Equal(
            (rows.Min(table.Sequence), rows.Max(table.Sequence)),
            (reader.Info.MinSequence, reader.Info.MaxSequence)
        );
        Assert.Equal((rows.Min(table.Time), rows.Max(table.Time)), (reader.Info.MinTime, reader.Info.MaxTime));
        Assert.Equal((rows.Min(table.Symbol), rows.Max(table.Symbol)), (reader.Info.MinSymbol, reader.Info.MaxSymbol));
        Assert.Equal(table.Files.ReadAllBytes(reader.Info.Path).Length, reader.Info.FileBytes);
        Assert.InRange(reader.Info.Columns.Sum(c => c.Bytes), 1, reader.Info.FileBytes);
        foreach (var column in reader.Info.Columns.Where(c => c.Name != "_ingest_ts"))
        {
            Assert.Equal(reader.Info.VectorCount * column.Type.LevelCount, column.Codecs.Sum(use => use.VectorCount));
        }
    }

    private static void Put(MemoryFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        files.DeleteFile(path);
        using var file = files.Open(path, FileOpenMode.CreateNew);
        file.WriteAt(bytes, 0);
    }
}
