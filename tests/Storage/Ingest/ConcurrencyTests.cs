// Proves snapshot isolation and back-pressure while several threads commit, the keeper seals and compacts, and readers
// open snapshots: a reader sees whole commits only (each adds a group of rows to two tables whose sums must agree),
// sequences have no gap or repeat, and memory stays within the budget.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Storage.Ingest;

public sealed class ConcurrencyTests
{
    private const int ProducerCount = 3;

    private static TableSchema Pair(string name) =>
        new(
            name,
            [
                new ColumnSchema("ts", DataType.Timestamp, Nullable: false),
                new ColumnSchema("n", DataType.BigInt, Nullable: false),
            ]
        )
        {
            EventTimeColumn = 0,
            Partition = PartitionUnit.None,
        };

    [Fact]
    public async Task Readers_see_whole_commits_while_rows_move_from_heads_to_segments()
    {
        var options = new StorageOptions
        {
            SealBytes = 128 << 10,
            MemoryBudgetBytes = 64 << 20,
            LogSegmentBytes = 1 << 20,
            LogBufferBytes = 1 << 20,
        };
        using var engine = StorageEngine.Open(new MemoryFileSystem(), "/db", options);
        var (a, b) = (engine.CreateTable(Pair("a")), engine.CreateTable(Pair("b")));
        using var stop = new CancellationTokenSource();
        var results = new List<CommitResult>[ProducerCount];
        var producers = Enumerable
            .Range(0, ProducerCount)
            .Select(p => Task.Run(() => results[p] = Produce(engine, a, b, p, 250)))
            .ToArray();
        var reader = Task.Run(() => Read(engine, a, b, stop.Token));
        await Task.WhenAll(producers);
        await stop.CancelAsync();
        var snapshots = await reader;
        Assert.True(snapshots > 0);
        var all = results.SelectMany(r => r).OrderBy(r => r.FirstSequence).ToList();
        Assert.Equal(1, all[0].FirstSequence);
        for (var i = 1; i < all.Count; i++)
        {
            Assert.Equal(all[i - 1].LastSequence + 1, all[i].FirstSequence);
            Assert.True(all[i].IngestTimestamp > all[i - 1].IngestTimestamp);
        }

        engine.Flush();
        Assert.Equal(engine.CommittedSequence, engine.DurableSequence);

        // The keeper's thread gives way to all others: on a busy machine its turn may come after the last commit.
        var isSealed = SpinWait.SpinUntil(() => engine.GetStatistics(a).Segments.Count > 0, TimeSpan.FromSeconds(30));
        Assert.True(isSealed, "nothing was sealed in the background");
        Assert.True(engine.Check(TestContext.Current.CancellationToken).IsClean);
    }

    [Fact]
    public void Commits_wait_for_the_sealer_and_memory_stays_within_the_budget()
    {
        var options = new StorageOptions
        {
            SealBytes = 1 << 30,
            MemoryBudgetBytes = 32 << 20,
            HeadBytesMax = 4 << 20,
            LogSegmentBytes = 1 << 20,
            LogBufferBytes = 1 << 20,
        };
        using var engine = StorageEngine.Open(new MemoryFileSystem(), "/db", options);
        var (a, b) = (engine.CreateTable(Pair("a")), engine.CreateTable(Pair("b")));
        Produce(engine, a, b, 0, 600, rowCount: 500);
        var statistics = engine.GetStatistics(a);
        Assert.Equal(300_000, statistics.RowCount);
        Assert.True(statistics.Segments.Count > 0, "heads over their share were not sealed");
        Assert.True(statistics.HeadBytes <= 8 << 20, $"{statistics.HeadBytes} bytes in one head");
        Assert.True(engine.Budget.UsedBytes <= engine.Budget.LimitBytes);
    }

    [Fact]
    public void A_commit_that_the_budget_cannot_hold_fails_and_leaves_nothing_behind()
    {
        using var engine = StorageEngine.OpenInMemory(new StorageOptions { MemoryBudgetBytes = 4 << 20 });
        var a = engine.CreateTable(Pair("a"));
        var b = engine.CreateTable(Pair("b"));
        using var pool = new PoolOwner();
        using var rows = Batch.Allocate(a.Schema.ToBatchSchema(), 400_000, pool.Pool);
        Fill(rows, 400_000, 1);
        var error = Assert.Throws<TickStoreException>(() => engine.Commit(new TableBatch(a, rows)));
        Assert.Equal(ErrorCode.MemoryBudget, error.Code);
        Assert.Equal(0, engine.CommittedSequence);
        Assert.Equal(1, engine.Commit([new TableBatch(a, rows, 0, 1), new TableBatch(b, rows, 0, 1)]).FirstSequence);
        Assert.Equal(2, engine.CommittedSequence);
    }

    [Fact]
    public void All_memory_is_given_back_when_the_handle_and_the_last_snapshot_are_closed()
    {
        var engine = StorageEngine.OpenInMemory(new StorageOptions { SealBytes = 64 << 10 });
        var (a, b) = (engine.CreateTable(Pair("a")), engine.CreateTable(Pair("b")));
        Produce(engine, a, b, 0, 100);
        var snapshot = engine.OpenSnapshot();
        using (
            var scan = snapshot
                .GetSource(a)
                .OpenScan(
                    new ScanRequest { Columns = [1], Order = ScanOrder.Clustered },
                    engine.Pool,
                    CancellationToken.None
                )
        )
        {
            Assert.True(scan.MorselCount > 0);
        }

        engine.Dispose();
        snapshot.Dispose();
        Assert.Equal(0, engine.Pool.LeaseCount);
        Assert.Equal(0, engine.Budget.UsedBytes);
        Assert.Equal(
            ErrorCode.HandleClosed,
            Assert.Throws<TickStoreException>(() => engine.CreateTable(Pair("late"))).Code
        );
    }

    private static List<CommitResult> Produce(
        StorageEngine engine,
        StorageTable a,
        StorageTable b,
        int producer,
        int commitCount,
        int rowCount = 40
    )
    {
        using var pool = new PoolOwner();
        using var rows = Batch.Allocate(a.Schema.ToBatchSchema(), rowCount, pool.Pool);
        var results = new List<CommitResult>();
        for (var i = 0; i < commitCount; i++)
        {
            rows.Clear();
            Fill(rows, rowCount, (i * ProducerCount) + producer);
            results.Add(
                engine.Commit(
                    [new TableBatch(a, rows), new TableBatch(b, rows, 0, 1)],
                    durability: i % 9 == 0 ? Durability.Fsync : Durability.Async
                )
            );
        }

        return results;
    }

    private static void Fill(Batch rows, int rowCount, long number)
    {
        for (var row = 0; row < rowCount; row++)
        {
            rows[0].Writable<long>()[row] = (number * 1000) + row;
            rows[1].Writable<long>()[row] = number;
        }

        rows[0].SetRowCount(rowCount);
        rows[1].SetRowCount(rowCount);
        rows.SetRowCount(rowCount);
    }

    private static int Read(StorageEngine engine, StorageTable a, StorageTable b, CancellationToken stop)
    {
        var snapshots = 0;
        var last = 0L;
        do
        {
            using var snapshot = engine.OpenSnapshot();
            Assert.True(snapshot.Sequence >= last);
            last = snapshot.Sequence;
            var (sumA, countA) = Sum(engine, snapshot.GetSource(a));
            var (sumB, countB) = Sum(engine, snapshot.GetSource(b));
            Assert.Equal(countA, 40 * countB);
            Assert.Equal(sumA, 40 * sumB);
            Assert.Equal(snapshot.Sequence, countA + countB);
            snapshots++;
        } while (!stop.IsCancellationRequested);
        return snapshots;
    }

    private static (long Sum, long Count) Sum(StorageEngine engine, ITableSource source)
    {
        var (sum, count) = (0L, 0L);
        using var scan = source.OpenScan(new ScanRequest { Columns = [1] }, engine.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                foreach (var n in batch[0].Values<long>())
                {
                    sum += n;
                    count++;
                }
            }
        }

        Assert.Equal(source.RowCount, count);
        return (sum, count);
    }

    private sealed class PoolOwner : IDisposable
    {
        public BlockPool Pool { get; } = new(new MemoryBudget(1L << 30, "test rows"));

        public void Dispose() => Assert.True(Pool.LeaseCount >= 0);
    }
}
