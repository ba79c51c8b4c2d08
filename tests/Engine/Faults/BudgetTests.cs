// Proves law 7 at the level of the database: a query over its budget fails with the numbers and gives everything back,
// ingest under a tiny budget waits for the sealer and does not fail, and a snapshot keeps what it reads through seals,
// compactions and drops, after which the files it kept are gone.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Tests.Support;

namespace TickStore.Tests.Engine.Faults;

public sealed class BudgetTests
{
    [Theory]
    [InlineData("SELECT n, note FROM numbers ORDER BY note, n")]
    [InlineData("SELECT note, count(*) FROM numbers GROUP BY note")]
    [InlineData("SELECT a.n, b.n FROM numbers a JOIN numbers b ON a.note = b.note")]
    public void A_query_over_its_budget_fails_clearly_and_gives_everything_back(string sql)
    {
        using var database = TickDatabase.OpenInMemory(new TickDatabaseOptions { QueryMemoryBytes = 1 << 20 });
        database.CreateTable(Numbers.Schema());
        for (var first = 0; first < 40_000; first += 4_000)
        {
            using var rows = Numbers.Make(database, first, 4_000, noteBytes: 60);
            database.Commit(Numbers.Table, rows);
        }

        Assert.Equal(40_000, Count(database, "SELECT n FROM numbers"));
        var (leases, bytes) = (database.Pool.LeaseCount, database.Pool.Budget.UsedBytes);
        for (var repeat = 0; repeat < 3; repeat++)
        {
            Numbers.AssertError(ErrorCode.MemoryBudget, () => Count(database, sql), "The query", "1,048,576");
            Assert.Equal((leases, bytes), (database.Pool.LeaseCount, database.Pool.Budget.UsedBytes));
        }

        // Neither reading nor writing is the worse for it.
        Assert.Equal(40_000, Count(database, "SELECT n FROM numbers"));
        Numbers.Commit(database, 40_000);
    }

    [Fact]
    public void Ingest_under_a_tiny_budget_waits_and_does_not_fail()
    {
        using var folder = new TestFolder();
        const int rowCount = 200_000;
        var options = new StorageOptions
        {
            MemoryBudgetBytes = 24 << 20,
            HeadBytesMax = 4 << 20,
            SealBytes = 2 << 20,
            LogSegmentBytes = 4 << 20,
            LogBufferBytes = 1 << 20,
            LogBytesMax = 16 << 20,
            DefaultDurability = Durability.Async,
        };
        using var database = TickDatabase.Open(PosixFileSystem.Shared, folder.Database, options);
        database.CreateTable(Numbers.Schema());
        for (var first = 0; first < rowCount; first += 1000)
        {
            using var rows = Numbers.Make(database, first, 1000, noteBytes: 100);
            database.Commit(Numbers.Table, rows);
            Assert.True(database.Pool.Budget.UsedBytes <= options.MemoryBudgetBytes);
        }

        // 20 MB of notes alone cannot have stayed in heads of 4 MiB.
        Assert.NotEmpty(database.Statistics()[0].Segments);
        Assert.Equal(Enumerable.Range(0, rowCount).Select(n => (long)n), Numbers.Read(database));
    }

    [Fact]
    public void A_commit_that_never_fits_fails_and_a_smaller_one_goes_on()
    {
        using var database = TickDatabase.Open(
            new MemoryFileSystem(),
            "/db",
            Numbers.Small with
            {
                MemoryBudgetBytes = 8 << 20,
                LogBufferBytes = 1 << 20,
                LogSegmentBytes = 1 << 20,
            }
        );
        database.CreateTable(Numbers.Schema());
        var elsewhere = new BlockPool(new MemoryBudget(1L << 30, "The test"));
        using var rows = Batch.Allocate(Numbers.Schema().ToBatchSchema(), 1, elsewhere);
        using (var one = Numbers.Make(database, 0, 1))
        {
            rows.AppendRange(one, 0, 1);
        }

        rows[3].SetRowCount(0);
        rows[3].AppendUtf8(new byte[16 << 20].AsSpan());
        var error = Numbers.AssertError(ErrorCode.MemoryBudget, () => database.Commit(Numbers.Table, rows), "budget");
        Assert.True(error.Retryable);
        Assert.Equal(0, database.CommittedSequence);
        Numbers.Commit(database, 0);
        Numbers.AssertHolds(database, 10, 10);
    }

    [Fact]
    public void A_snapshot_reads_on_through_seal_compaction_and_drop_and_its_files_go_with_it()
    {
        var files = new FaultFileSystem();
        using var database = TickDatabase.Open(files, "/db", Numbers.Small);
        database.CreateTable(Numbers.Schema());
        database.CreateTable(Numbers.Schema("other"));
        Numbers.Commit(database, 0, table: "other");
        long count = 0;
        var snapshots = new List<(DatabaseSnapshot Snapshot, long Count)>();
        for (var seal = 0; seal < 6; seal++)
        {
            Numbers.Commit(database, count);
            count += Numbers.CommitRows;
            snapshots.Add((database.OpenSnapshot(), count));
            database.Seal();
            snapshots.Add((database.OpenSnapshot(), count));
        }

        Assert.True(database.Compact() > 0);
        snapshots.Add((database.OpenSnapshot(), count));
        var kept = files.ListFiles("/db/segments").Count;
        database.DropTable(Numbers.Table);
        database.Seal();
        Assert.Null(database.FindTable(Numbers.Table));
        Numbers.AssertError(ErrorCode.UnknownName, () => Numbers.Read(database), "no table numbers");
        Assert.Equal(kept, files.ListFiles("/db/segments").Count);

        // The oldest first: each still reads all that it saw, and nothing that came later.
        foreach (var (snapshot, expected) in snapshots)
        {
            Assert.Equal(Enumerable.Range(0, (int)expected).Select(n => (long)n), Numbers.Read(database, snapshot));
            snapshot.Dispose();
        }

        // The segment of the other table is the only one that is left, also after opening anew.
        var last = Assert.Single(files.ListFiles("/db/segments"));
        Assert.StartsWith("t000002-", last, StringComparison.Ordinal);
        Numbers.AssertHolds(database, 10, 10, "other");
        database.Dispose();
        using var again = TickDatabase.Open(files, "/db", Numbers.Small);
        Assert.Equal(last, Assert.Single(files.ListFiles("/db/segments")));
        Numbers.AssertHolds(again, 10, 10, "other");
    }

    [Fact]
    public void Everything_is_given_back_at_the_end()
    {
        var database = TickDatabase.Open(new FaultFileSystem(), "/db", Numbers.Small);
        database.CreateTable(Numbers.Schema());
        Numbers.Commit(database, 0);
        database.Seal();
        Numbers.Commit(database, 10);
        Numbers.AssertHolds(database, 20, 20);
        var result = database.Query("SELECT * FROM numbers");
        Assert.NotNull(result.Next());
        result.Dispose();
        database.Dispose();
        Assert.Equal(0, database.Pool.LeaseCount);
    }

    private static long Count(TickDatabase database, string sql)
    {
        using var result = database.Query(sql);
        long rowCount = 0;
        while (result.Next() is { } batch)
        {
            rowCount += batch.RowCount;
        }

        return rowCount;
    }
}
