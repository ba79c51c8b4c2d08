// Proves that whoever reads sees whole commits, whatever happens meanwhile: two producers commit to two tables at once,
// while readers take snapshots and run SQL and a third thread seals and compacts. Each commit adds to both tables rows
// whose values sum to zero, so any snapshot that saw part of a commit, or a row twice, or one missing, has another sum
// or count. No timing is asserted.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;

namespace TickStore.Tests.Engine.Faults;

public sealed class WholeCommitTests
{
    private const int ProducerCount = 2;
    private const int CommitsEach = 1500;
    private const int PairsPerCommit = 8;

    [Fact]
    public async Task Snapshots_see_whole_commits_while_others_write_seal_and_compact()
    {
        using var folder = new TestFolder();
        var options = new StorageOptions
        {
            SealBytes = 256 << 10,
            LogSegmentBytes = 1 << 20,
            LogBufferBytes = 256 << 10,
            LogBytesMax = 4 << 20,
            DefaultDurability = Durability.Async,
        };
        using (var database = TickDatabase.Open(PosixFileSystem.Shared, folder.Database, options))
        {
            database.CreateTable(Numbers.Schema("a"));
            database.CreateTable(Numbers.Schema("b"));
            using var done = new CancellationTokenSource();
            var readers = new[]
            {
                Task.Run(() => ReadScans(database, done.Token)),
                Task.Run(() => ReadSql(database, done.Token)),
                Task.Run(() => Keep(database, done.Token)),
            };
            var producers = Enumerable
                .Range(0, ProducerCount)
                .Select(p => Task.Run(() => Produce(database, p)))
                .ToArray();
            await Task.WhenAll(producers);
            await done.CancelAsync();
            await Task.WhenAll(readers);
            AssertAll(database);
        }

        using var again = TickDatabase.Open(folder.Database);
        AssertAll(again);
        Assert.True(again.Check(TestContext.Current.CancellationToken).IsClean);
    }

    private static void Produce(TickDatabase database, int producer)
    {
        using var source = database.OpenSource($"producer {producer}");
        var random = new Random(producer);
        for (var commit = 0; commit < CommitsEach; commit++)
        {
            using var plus = Make(database, producer, commit, random, sign: 1);
            using var minus = Make(database, producer, commit, random, sign: -1);
            var durability = commit % 200 == 0 ? Durability.Fsync : Durability.Async;
            database.Commit([("a", plus), ("b", minus)], source, durability);
        }
    }

    // The same numbers in both tables, with opposite signs, and times in any order.
    private static Batch Make(TickDatabase database, int producer, int commit, Random random, int sign)
    {
        var rows = Batch.Allocate(Numbers.Schema().ToBatchSchema(), PairsPerCommit, database.Pool);
        for (var i = 0; i < PairsPerCommit; i++)
        {
            rows[0].Writable<long>()[i] = Numbers.Start + (commit * 1_000_000L) + random.Next(2_000_000);
            rows[1].Writable<int>()[i] = database.Symbols.Intern([(byte)'S', (byte)('A' + random.Next(20))]);
            rows[2].Writable<long>()[i] = sign * ((producer * 1_000_000L) + (commit * PairsPerCommit) + i + 1);
            rows[3].AppendUtf8("a note of some length"u8);
        }

        for (var column = 0; column < 3; column++)
        {
            rows[column].SetRowCount(PairsPerCommit);
        }

        rows.SetRowCount(PairsPerCommit);
        return rows;
    }

    private static void ReadScans(TickDatabase database, CancellationToken done)
    {
        long lastSequence = 0;
        do
        {
            using var snapshot = database.OpenSnapshot();
            var a = Numbers.Read(database, snapshot, "a");
            var b = Numbers.Read(database, snapshot, "b");
            Array.Reverse(b);
            Assert.Equal(a, b.Select(n => -n));
            Assert.Equal(snapshot.Sequence, a.Length + b.Length);
            Assert.Equal(0, a.Length % PairsPerCommit);
            Assert.True(snapshot.Sequence >= lastSequence, "A snapshot is never older than the one before.");
            lastSequence = snapshot.Sequence;
        } while (!done.IsCancellationRequested);
    }

    private static void ReadSql(TickDatabase database, CancellationToken done)
    {
        do
        {
            using var result = database.Query(
                """
                SELECT sum(s), sum(c)
                FROM (SELECT sum(n) AS s, count(*) AS c FROM a UNION ALL SELECT sum(n), count(*) FROM b) x
                """
            );
            var row = Assert.Single(result.ToTextRows());
            Assert.True(row[0] is null or "0", $"The sum is {row[0]} at {result.Sequence}");
            Assert.Equal(result.Sequence.ToString(), row[1]);
        } while (!done.IsCancellationRequested);
    }

    private static void Keep(TickDatabase database, CancellationToken done)
    {
        var rounds = 0;
        do
        {
            database.Seal();
            if (++rounds % 3 == 0)
            {
                database.Compact();
            }
        } while (!done.IsCancellationRequested);
    }

    private static void AssertAll(TickDatabase database)
    {
        const int rowCount = ProducerCount * CommitsEach * PairsPerCommit;
        var a = Numbers.Read(database, "a");
        Assert.Equal(rowCount, a.Length);
        Assert.Equal(rowCount, a.Distinct().Count());
        Assert.Equal(rowCount, Numbers.Read(database, "b").Length);
        Assert.Equal(a.Sum(), -Numbers.Read(database, "b").Sum());
    }
}
