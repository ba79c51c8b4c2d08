// Proves that what is committed is what is read, to the bit, from heads, from segments and from both, across reopening:
// random workloads over three tables of all types run beside the slow twin (StorageModel) and are compared whole.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Storage.Ingest;

public sealed class CommitTests
{
    private static readonly StorageOptions Options = new()
    {
        BackgroundWork = false,
        Time = new StillClock(),
        LogSegmentBytes = 1 << 20,
        LogBufferBytes = 1 << 20,
        DefaultDurability = Durability.Async,
    };

    public static TheoryData<int> Seeds =>
        [
            .. Enumerable.Range(
                1,
                int.TryParse(Environment.GetEnvironmentVariable("TICKSTORE_SEEDS"), out var n) ? n : 6
            ),
        ];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_commits_seals_and_reopenings_equal_the_twin(int seed)
    {
        var files = new MemoryFileSystem();
        var model = new StorageModel();
        using var maker = new RowMaker(seed);
        var engine = StorageEngine.Open(files, "/db", Options);
        var sources = new List<IngestSource>();
        try
        {
            foreach (var schema in new[] { RowMaker.Trades(), RowMaker.Books(), RowMaker.Plain() })
            {
                engine.CreateTable(schema);
                model.Create(schema);
            }

            for (var step = 0; step < 60; step++)
            {
                switch (maker.Random.Next(20))
                {
                    case 0:
                        engine.Seal();
                        break;
                    case 1:
                        engine.Seal(engine.Tables[maker.Random.Next(3)]);
                        break;
                    case 6:
                        for (var i = 0; i < 5; i++)
                        {
                            CommitSome(engine, model, maker, null);
                            engine.Seal();
                        }

                        engine.Compact();
                        break;
                    case 2:
                        engine.Dispose();
                        engine = StorageEngine.Open(files, "/db", Options);
                        sources.Clear();
                        model.CloseAllSources();
                        break;
                    case 3:
                        sources.Add(engine.OpenSource($"source {step}", isLive: maker.Random.Next(2) == 0));
                        break;
                    case 4 when sources.Count > 0:
                        sources[0].Dispose();
                        model.CloseSource(sources[0].Id);
                        sources.RemoveAt(0);
                        break;
                    case 5:
                        model.AssertEqual(engine);
                        model.AssertEqual(engine, maker.Random.NextInt64(engine.CommittedSequence + 1));
                        break;
                    default:
                        CommitSome(
                            engine,
                            model,
                            maker,
                            sources.Count == 0 ? null : sources[maker.Random.Next(sources.Count)]
                        );
                        break;
                }
            }

            model.AssertEqual(engine);
            engine.Dispose();
            engine = StorageEngine.Open(files, "/db", Options);
            model.AssertEqual(engine);
            foreach (var end in model.CommitEnds.Where((_, i) => i % 7 == 0))
            {
                model.AssertEqual(engine, end);
            }

            Assert.Empty(engine.Check(TestContext.Current.CancellationToken).Findings);
        }
        finally
        {
            engine.Dispose();
        }
    }

    [Fact]
    public void Every_sequence_of_small_commits_rounds_down_to_its_commit_end()
    {
        using var engine = StorageEngine.OpenInMemory(Options);
        using var maker = new RowMaker(3);
        var model = new StorageModel();
        foreach (var schema in new[] { RowMaker.Trades(), RowMaker.Plain() })
        {
            engine.CreateTable(schema);
            model.Create(schema);
        }

        for (var i = 0; i < 12; i++)
        {
            Commit(
                engine,
                model,
                [maker.Make(engine, engine.Tables[i % 2], 3), maker.Make(engine, engine.Tables[1 - (i % 2)], 2)],
                null
            );
            if (i == 5)
            {
                engine.Seal();
            }

            if (i == 8)
            {
                engine.Seal(engine.Tables[0]);
            }
        }

        for (var sequence = 0L; sequence <= engine.CommittedSequence; sequence++)
        {
            model.AssertEqual(engine, sequence);
        }

        Assert.Equal(
            ErrorCode.OutOfRange,
            Assert.Throws<TickStoreException>(() => engine.OpenSnapshot(engine.CommittedSequence + 1)).Code
        );
    }

    [Fact]
    public void A_commit_larger_than_a_chunk_is_one_commit()
    {
        using var engine = StorageEngine.OpenInMemory(Options);
        using var maker = new RowMaker(9);
        var model = new StorageModel();
        model.Create(RowMaker.Plain());
        var table = engine.CreateTable(RowMaker.Plain());
        Commit(engine, model, [maker.Make(engine, table, 10)], null);
        Commit(engine, model, [maker.Make(engine, table, 150_000)], null);
        model.AssertEqual(engine);
        engine.Seal();
        model.AssertEqual(engine);
    }

    [Fact]
    public void A_snapshot_stays_as_it_is_through_commits_seals_drops_and_closing()
    {
        var engine = StorageEngine.OpenInMemory(Options);
        using var maker = new RowMaker(4);
        var table = engine.CreateTable(RowMaker.Trades());
        engine.Commit(maker.Make(engine, table, 5000));
        using var snapshot = engine.OpenSnapshot();
        var before = StorageModel.ReadAll(engine, snapshot.GetSource(table));
        engine.Commit(maker.Make(engine, table, 5000));
        engine.Seal();
        using var sealedSnapshot = engine.OpenSnapshot();
        engine.DropTable(table);
        engine.Seal();
        Assert.Equal(before, StorageModel.ReadAll(engine, snapshot.GetSource(table)));
        Assert.Equal(before, StorageModel.ReadAll(engine, sealedSnapshot.GetSource(table)).Take(before.Count));
        engine.Dispose();
        Assert.Equal(before, StorageModel.ReadAll(engine, snapshot.GetSource(table)));
    }

    [Fact]
    public void Compaction_merges_small_segments_and_deletes_the_old_files_after_their_last_reader()
    {
        var files = new MemoryFileSystem();
        using var engine = StorageEngine.Open(files, "/db", Options);
        using var maker = new RowMaker(8);
        var model = new StorageModel();
        model.Create(RowMaker.Plain());
        var table = engine.CreateTable(RowMaker.Plain());
        for (var i = 0; i < 9; i++)
        {
            Commit(engine, model, [maker.Make(engine, table, 100)], null);
            engine.Seal();
        }

        Assert.Equal(9, files.ListFiles("/db/segments").Count);
        using (var snapshot = engine.OpenSnapshot())
        {
            Assert.True(engine.Compact() >= 4);
            Assert.True(files.ListFiles("/db/segments").Count > 9);
            Assert.Equal(model.Rows("plain", long.MaxValue), StorageModel.ReadAll(engine, snapshot.GetSource(table)));
        }

        Assert.Equal(engine.GetStatistics(table).Segments.Count, files.ListFiles("/db/segments").Count);
        Assert.True(engine.GetStatistics(table).Segments.Count < 5);
        model.AssertEqual(engine);
        Assert.True(engine.Check(TestContext.Current.CancellationToken).IsClean);
    }

    [Fact]
    public void A_dropped_table_is_gone_with_its_files_and_its_name_is_free()
    {
        var files = new MemoryFileSystem();
        using var maker = new RowMaker(4);
        using (var engine = StorageEngine.Open(files, "/db", Options))
        {
            var table = engine.CreateTable(RowMaker.Trades());
            engine.Commit(maker.Make(engine, table, 100));
            engine.Seal();
            Assert.NotEmpty(files.ListFiles("/db/segments"));
            engine.DropTable(table);
            Assert.Equal(
                ErrorCode.UnknownName,
                Assert.Throws<TickStoreException>(() => engine.Commit(maker.Make(engine, table, 1))).Code
            );
            Assert.Equal(ErrorCode.UnknownName, Assert.Throws<TickStoreException>(() => engine.DropTable(table)).Code);
            engine.Seal();
            Assert.Empty(files.ListFiles("/db/segments"));
            Assert.NotEqual(table.Id, engine.CreateTable(RowMaker.Trades("TRADES")).Id);
            Assert.Equal(
                ErrorCode.AlreadyExists,
                Assert.Throws<TickStoreException>(() => engine.CreateTable(RowMaker.Trades())).Code
            );
        }

        using var reopened = StorageEngine.Open(files, "/db", Options);
        Assert.Equal("TRADES", Assert.Single(reopened.Tables).Name);
    }

    [Fact]
    public void Repeats_of_the_row_before_are_counted_across_commits()
    {
        using var engine = StorageEngine.OpenInMemory(Options);
        using var maker = new RowMaker(12);
        var model = new StorageModel();
        model.Create(RowMaker.Trades());
        var table = engine.CreateTable(RowMaker.Trades());
        for (var i = 0; i < 20; i++)
        {
            var batch = maker.Make(engine, table, 50);
            Commit(engine, model, [batch], null);
            Commit(engine, model, [new TableBatch(table, batch.Rows, 49, 1)], null);
        }

        var expected = 0;
        var rows = model.Rows(table.Name, long.MaxValue).ConvertAll(r => r[..^37]);
        for (var i = 1; i < rows.Count; i++)
        {
            expected += rows[i] == rows[i - 1] ? 1 : 0;
        }

        Assert.True(expected > 60);
        Assert.Equal(expected, engine.GetStatistics(table).DuplicateRows);
    }

    internal static void CommitSome(StorageEngine engine, StorageModel model, RowMaker maker, IngestSource? source)
    {
        var tables = engine.Tables.Where(_ => maker.Random.Next(2) == 0).ToList();
        Commit(
            engine,
            model,
            [.. tables.Select(t => maker.Make(engine, t, maker.Random.Next(maker.Random.Next(2) == 0 ? 4 : 900)))],
            source
        );
    }

    internal static void Commit(StorageEngine engine, StorageModel model, TableBatch[] batches, IngestSource? source)
    {
        if (batches.Sum(b => b.RowCount + b.RejectedRows) == 0)
        {
            Assert.Equal(0, engine.Commit(batches, source).RowCount);
            return;
        }

        var expected = model.Add(batches, source?.Id ?? 0, source?.IsLive ?? false);
        Assert.Equal(expected, engine.Commit(batches, source));
    }
}
