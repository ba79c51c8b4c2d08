// Proves that KeyedRows keeps what a dictionary keeps, and tells what rows were, under random changes of keys of every width; that
// snapshots stay as they were while the contents change and pages are encoded; that checkpoints bring the same rows back; that the
// budget's error leaves the rows whole and nothing leaks; that upserts allocate nothing; and that readers on other threads never see a
// change.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Support;

namespace TickStore.Tests.Execution.Incremental;

public sealed class KeyedRowsTest
{
    private static readonly BatchSchema Values = new([
        new("a", DataType.BigInt, Nullable: false),
        new("b", DataType.Int),
        new("c", DataType.SmallInt),
        new("d", DataType.Boolean),
        new("e", DataType.Double),
        new("f", DataType.Real),
        new("g", DataType.Interval),
        new("h", DataType.Double.ArrayOf(3)),
        new("i", DataType.Varchar),
        new("j", DataType.Varchar, Nullable: false),
        new("k", DataType.Timestamp, Nullable: false),
    ]);

    // Keys of 64 bits, of 128 bits with a NULL, and of hashes.
    public static TheoryData<int[]> Keys => new([0], [1], [0, 1], [4, 2], [9], [8, 0], [6], [10, 1, 0]);

    [Theory]
    [MemberData(nameof(Keys))]
    public void Random_changes_keep_what_a_dictionary_keeps(int[] keyColumns)
    {
        var random = new Random(4711 + keyColumns[0]);
        var pool = KeyedTwin.NewPool();
        using var twin = new KeyedTwin(Values, keyColumns);
        var snapshots = new Queue<(KeyedSnapshot Snapshot, SortedDictionary<string, string> Expected)>();
        using (var rows = new KeyedRows("t", Values, keyColumns, pool, hotPagesMin: 1))
        using (var old = Batch.Allocate(Values, 1, pool))
        {
            for (var step = 0; step < 200; step++)
            {
                // Growth to some pages, then mostly deletes.
                var (batch, ops) = twin.Change(random, random.Next(1, 120), 6000, step < 120 ? 0.1 : 0.7);
                var expectedOld = twin.Apply(batch, ops);
                var withOld = random.Next(3) > 0;
                var had = rows.Apply(new DeltaBatch(batch) { Ops = ops }, withOld ? old : null);
                Assert.Equal(expectedOld.Select(o => o is null ? (byte)0 : (byte)1), had.ToArray());
                var hasOld = withOld && expectedOld.Any(o => o is not null);
                Assert.Equal(hasOld ? batch.RowCount : 0, withOld ? old.RowCount : 0);
                for (var row = 0; hasOld && row < batch.RowCount; row++)
                {
                    var text = KeyedTwin.Text(old, row, Enumerable.Range(0, Values.ColumnCount));
                    Assert.Equal(expectedOld[row] ?? string.Concat(Enumerable.Repeat("NULL|", 11)), text);
                }

                Assert.Equal(twin.Rows.Count, rows.RowCount);
                batch.Dispose();
                if (step % 7 == 0)
                {
                    snapshots.Enqueue((rows.OpenSnapshot(), twin.Copy()));
                }

                if (snapshots.Count > 3)
                {
                    var (snapshot, expected) = snapshots.Dequeue();
                    Assert.Equal(expected, KeyedTwin.Read(snapshot));
                    snapshot.Dispose();
                }
            }

            using var last = rows.OpenSnapshot();
            Assert.Equal(twin.Copy(), KeyedTwin.Read(last));
        }

        // Snapshots outlive the contents.
        foreach (var (snapshot, expected) in snapshots)
        {
            Assert.Equal(expected, KeyedTwin.Read(snapshot));
            Assert.Equal(expected.Count, snapshot.RowCount);
            snapshot.Dispose();
        }

        Assert.Equal(0, pool.LeaseCount);
        Assert.Equal(0, pool.Budget.UsedBytes);
    }

    [Fact]
    public void A_checkpoint_brings_the_same_rows_back()
    {
        var random = new Random(5);
        var pool = KeyedTwin.NewPool();
        using var twin = new KeyedTwin(Values, [9]);
        using var stream = new MemoryStream();
        using (var rows = new KeyedRows("t", Values, [9], pool, hotPagesMin: 1))
        {
            for (var step = 0; step < 50; step++)
            {
                var (batch, ops) = twin.Change(random, 200, 4000, 0.2);
                twin.Apply(batch, ops);
                rows.Apply(new DeltaBatch(batch) { Ops = ops });
                batch.Dispose();
            }

            rows.Save(new StateWriter(stream));
        }

        stream.Position = 0;
        using (var rows = new KeyedRows("t", Values, [9], pool))
        {
            rows.Load(new StateReader(stream));
            using var snapshot = rows.OpenSnapshot();
            Assert.Equal(twin.Copy(), KeyedTwin.Read(snapshot));
        }

        Assert.Equal(0, pool.Budget.UsedBytes);
        stream.SetLength(stream.Length / 2);
        stream.Position = 0;
        using var broken = new KeyedRows("t", Values, [9], pool);
        Assert.Equal(
            ErrorCode.Corruption,
            Assert.Throws<TickStoreException>(() => broken.Load(new StateReader(stream))).Code
        );
    }

    [Fact]
    public void The_budgets_error_leaves_the_rows_before_it()
    {
        var random = new Random(6);
        var seenErrors = 0;
        for (var budgetBytes = 100_000L; budgetBytes < 3_000_000; budgetBytes += 97_000)
        {
            var pool = KeyedTwin.NewPool(budgetBytes);
            using var twin = new KeyedTwin(Values, [0]);
            using (var rows = new KeyedRows("t", Values, [0], pool, hotPagesMin: 1))
            {
                var upserted = new Dictionary<string, HashSet<string>>();
                try
                {
                    for (var step = 0; step < 60; step++)
                    {
                        var (batch, ops) = twin.Change(random, 300, 8000, 0);
                        for (var row = 0; row < batch.RowCount; row++)
                        {
                            var key = KeyedTwin.Text(batch, row, [0]);
                            upserted.TryAdd(key, []);
                            upserted[key].Add(KeyedTwin.Text(batch, row, Enumerable.Range(0, Values.ColumnCount)));
                        }

                        rows.Apply(new DeltaBatch(batch) { Ops = ops });
                        batch.Dispose();
                    }
                }
                catch (TickStoreException e)
                {
                    Assert.Equal(ErrorCode.MemoryBudget, e.Code);
                    seenErrors++;
                }

                // Every row that is there is one that was put in, whole; reading needs some memory of its own, so deletes come first.
                var (gone, deletes) = twin.Change(random, 8000, 8000, 1);
                try
                {
                    rows.Apply(new DeltaBatch(gone) { Ops = deletes });
                    using var snapshot = rows.OpenSnapshot();
                    var found = KeyedTwin.Read(snapshot);
                    Assert.Equal(rows.RowCount, found.Count);
                    Assert.All(found, pair => Assert.Contains(pair.Value, upserted[pair.Key]));
                }
                catch (TickStoreException e)
                {
                    Assert.Equal(ErrorCode.MemoryBudget, e.Code);
                }

                gone.Dispose();
            }

            Assert.Equal(0, pool.Budget.UsedBytes);
        }

        Assert.InRange(seenErrors, 5, 1000);
    }

    [Fact]
    public void Upserts_of_known_keys_allocate_nothing()
    {
        var schema = new BatchSchema([
            new("bar_open", DataType.Timestamp, Nullable: false),
            new("sym", DataType.Symbol, Nullable: false),
            new("close", DataType.Double),
            new("note", DataType.Varchar),
        ]);
        using var twin = new KeyedTwin(schema, [0, 1]);
        using var rows = new KeyedRows("t", schema, [0, 1], KeyedTwin.NewPool());
        using var old = Batch.Allocate(schema, 64, KeyedTwin.NewPool());
        var (batch, _) = twin.Change(new Random(1), 20, 2000, 0);
        var (gone, ops) = twin.Change(new Random(2), 20, 2000, 0.5);
        for (var i = 0; i < 100; i++)
        {
            rows.Apply(new DeltaBatch(batch), old);
            rows.Apply(new DeltaBatch(gone) { Ops = ops }, old);
        }

        var allocatedBytes = Allocation.OfThread(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                rows.Apply(new DeltaBatch(batch), old);
                rows.Apply(new DeltaBatch(gone) { Ops = ops });
            }
        });
        Assert.Equal(0, allocatedBytes);
        batch.Dispose();
        gone.Dispose();
    }

    [Fact]
    public async Task Readers_on_other_threads_see_whole_moments_only()
    {
        var schema = new BatchSchema([
            new("k", DataType.BigInt, Nullable: false),
            new("v", DataType.BigInt),
            new("w", DataType.Varchar),
        ]);
        var pool = KeyedTwin.NewPool();
        KeyedSnapshot? offered = null;
        var isOver = false;
        var readers = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(
                    () =>
                    {
                        var count = 0;
                        while (!Volatile.Read(ref isOver))
                        {
                            using var snapshot = Interlocked.Exchange(ref offered, null);
                            if (snapshot is not null)
                            {
                                CheckMoment(snapshot);
                                count++;
                            }
                        }

                        return count;
                    },
                    TestContext.Current.CancellationToken
                )
            )
            .ToArray();
        using (var rows = new KeyedRows("t", schema, [0], pool, hotPagesMin: 1))
        using (var batch = Batch.Allocate(schema, 64, pool))
        {
            // At each moment all rows hold one number.
            const int rowCount = 2500;
            for (var moment = 1L; moment <= 300; moment++)
            {
                for (var start = 0; start < rowCount; start += 64)
                {
                    batch.Clear();
                    for (var k = start; k < Math.Min(start + 64, rowCount); k++)
                    {
                        batch[0].EnsureCapacity(batch[0].RowCount + 1);
                        batch[0].Writable<long>()[k - start] = k;
                        batch[0].SetRowCount(k - start + 1);
                        batch[1].Writable<long>()[k - start] = moment;
                        batch[1].SetRowCount(k - start + 1);
                        batch[2].AppendUtf8(new byte[moment % 30]);
                        batch.SetRowCount(k - start + 1);
                    }

                    rows.Apply(new DeltaBatch(batch));
                }

                Interlocked.Exchange(ref offered, rows.OpenSnapshot())?.Dispose();
            }

            Volatile.Write(ref isOver, true);
            var counts = await Task.WhenAll(readers);
            Assert.InRange(counts.Sum(), 1, 300);
            offered?.Dispose();
        }

        Assert.Equal(0, pool.LeaseCount);
        Assert.Equal(0, pool.Budget.UsedBytes);
    }

    [Fact]
    public void Pages_that_do_not_change_are_encoded_and_come_back()
    {
        var schema = new BatchSchema([
            new("bar_open", DataType.Timestamp, Nullable: false),
            new("sym", DataType.Symbol, Nullable: false),
            new("open", DataType.Double),
            new("high", DataType.Double),
            new("low", DataType.Double),
            new("close", DataType.Double),
            new("volume", DataType.BigInt),
            new("trades", DataType.BigInt),
        ]);
        var pool = KeyedTwin.NewPool();
        using var rows = new KeyedRows("bars", schema, [0, 1], pool);
        using var batch = Batch.Allocate(schema, 1000, pool);
        var emptyBytes = pool.Budget.UsedBytes;
        var random = new Random(3);
        var prices = Enumerable.Range(0, 1000).Select(_ => 10.0 + random.Next(100)).ToArray();
        for (var minute = 0; minute < 400; minute++)
        {
            batch.Clear();
            for (var sym = 0; sym < prices.Length; sym++)
            {
                var open = prices[sym];
                var close = prices[sym] = Math.Round(open + (random.Next(-5, 6) * 0.01), 2);
                batch[0].Writable<long>()[sym] = minute * 60_000_000_000L;
                batch[1].Writable<int>()[sym] = sym;
                batch[2].Writable<double>()[sym] = open;
                batch[3].Writable<double>()[sym] = Math.Round(Math.Max(open, close) + 0.01, 2);
                batch[4].Writable<double>()[sym] = Math.Round(Math.Min(open, close) - 0.01, 2);
                batch[5].Writable<double>()[sym] = close;
                batch[6].Writable<long>()[sym] = random.Next(1000) * 100;
                batch[7].Writable<long>()[sym] = random.Next(200);
            }

            for (var i = 0; i < 8; i++)
            {
                batch[i].SetRowCount(prices.Length);
            }

            batch.SetRowCount(prices.Length);
            rows.Apply(new DeltaBatch(batch));
        }

        // 60 bytes of values a row and 6 of validity; a page lies in a block of 128 KiB.
        var keyBytes = 1 << 20 << 5;
        var bytesPerRow = (pool.Budget.UsedBytes - emptyBytes - keyBytes) / (double)rows.RowCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytesPerRow:F1} bytes a bar, and the key's slots");
        Assert.InRange(bytesPerRow, 5, 50);
        using var snapshot = rows.OpenSnapshot();
        Assert.Equal(400_000, KeyedTwin.Read(snapshot).Count);
    }

    private static void CheckMoment(KeyedSnapshot snapshot)
    {
        var seen = new HashSet<long>();
        var moments = new HashSet<(long, int)>();
        using var reader = snapshot.Open();
        while (reader.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var key = batch[0].Values<long>()[row];
                Assert.True(seen.Add(key));
                moments.Add((batch[1].Values<long>()[row], batch[2].Utf8(row).Length));
            }
        }

        Assert.Equal(snapshot.RowCount, seen.Count);
        Assert.Single(moments);
    }
}
