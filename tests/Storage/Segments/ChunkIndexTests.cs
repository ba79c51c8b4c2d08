// What is kept of a finished chunk of the head: made once for any number of threads, equal to what one makes for oneself,
// counted against its budget and given back, and left out where the budget has no room. That scans find the same rows
// with it and without is proved by ScanTests, whose tables have chunks of both kinds.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Segments;

namespace TickStore.Tests.Storage.Segments;

public sealed class ChunkIndexTests
{
    [Fact]
    public async Task Threads_share_one_order_that_equals_a_private_one()
    {
        using var table = new RandomTable(new Random(11), Schemas.Trades, 5000, 9);
        var chunk = new RowChunk(table.All, 5000);
        var budget = new MemoryBudget(1 << 20, "a head");
        var index = new ChunkIndex(table.Schema, new BlockPool(budget, 0));
        var found = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        using var sorter = new RowSorter(table.Pool);
                        return index.TryOrder(chunk, sorter)!;
                    })
                )
        );
        Assert.All(found, order => Assert.Same(found[0], order));
        Assert.True(index.MemoryBytes >= 5000 * sizeof(int));
        Assert.Equal(budget.UsedBytes, index.MemoryBytes);
        using (var sorter = new RowSorter(table.Pool))
        using (var own = new ChunkOrder(table.Schema, chunk, sorter, table.Pool))
        {
            var expected = Enumerable
                .Range(0, 5000)
                .OrderBy(table.Symbol)
                .ThenBy(table.Time)
                .ThenBy(table.Sequence)
                .ToArray();
            Assert.Equal(expected, own.Rows.ToArray());
            Assert.Equal(expected, found[0].Rows.ToArray());
            Assert.Equal(own.TimeBounds.ToArray(), found[0].TimeBounds.ToArray());
        }

        index.Dispose();
        Assert.Equal(0, budget.UsedBytes);
    }

    [Fact]
    public void Vectors_cover_the_rows_in_order_and_their_bounds_are_exact()
    {
        using var table = new RandomTable(new Random(12), Schemas.Trades, 20_000, 200);
        using var sorter = new RowSorter(table.Pool);
        using var order = new ChunkOrder(table.Schema, new RowChunk(table.All, 20_000), sorter, table.Pool);
        Assert.True(order.VectorCount >= 100, $"{order.VectorCount} vectors: symbols of about 100 rows share too many");
        var row = 0;
        for (var vector = 0; vector < order.VectorCount; vector++)
        {
            Assert.Equal(row, order.VectorStart(vector));
            var rows = order.Rows[row..order.VectorStart(vector + 1)].ToArray();
            Assert.InRange(rows.Length, 1, Batch.VectorRows);
            Assert.Equal((rows.Min(table.Time), rows.Max(table.Time)), order.TimeBounds[vector]);
            Assert.Equal((rows.Min(table.Sequence), rows.Max(table.Sequence)), order.SequenceBounds[vector]);
            Assert.All(Enumerable.Range(row, rows.Length), r => Assert.Equal(vector, order.VectorOf(r)));
            row += rows.Length;
        }

        Assert.Equal(20_000, row);
    }

    [Fact]
    public void Without_room_in_the_budget_there_is_no_order_and_nothing_is_held()
    {
        using var table = new RandomTable(new Random(13), Schemas.Trades, 5000, 9);
        var budget = new MemoryBudget(8 << 10, "a full head");
        using var index = new ChunkIndex(table.Schema, new BlockPool(budget, 0));
        using var sorter = new RowSorter(table.Pool);
        Assert.Null(index.TryOrder(new RowChunk(table.All, 5000), sorter));
        Assert.Equal((0, 0), (budget.UsedBytes, index.MemoryBytes));
    }

    [Fact]
    public void Orders_of_a_head_count_as_its_memory_and_go_with_it()
    {
        var options = new StorageOptions { BackgroundWork = false };
        using var engine = StorageEngine.OpenInMemory(options);
        var schema = new TableSchema(
            "t",
            [
                new ColumnSchema("ts", DataType.Timestamp, Nullable: false),
                new ColumnSchema("sym", DataType.Symbol, Nullable: false),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
        };
        var table = engine.CreateTable(schema);
        var symbol = engine.Symbols.Intern("A"u8);
        using var rows = Batch.Allocate(
            schema.ToBatchSchema(),
            10_000,
            new BlockPool(new MemoryBudget(1 << 24, "a test"))
        );
        rows[0].Writable<long>()[..10_000].Fill(5);
        rows[1].Writable<int>()[..10_000].Fill(symbol);
        rows[0].SetRowCount(10_000);
        rows[1].SetRowCount(10_000);
        rows.SetRowCount(10_000);
        for (var i = 0; i < 3; i++)
        {
            engine.Commit(new TableBatch(table, rows));
        }

        var before = engine.GetStatistics(table).HeadBytes;
        using (var snapshot = engine.OpenSnapshot())
        {
            var request = new ScanRequest { Columns = [0], Order = ScanOrder.Clustered };
            using (snapshot.GetSource(table).OpenScan(request, engine.Pool, TestContext.Current.CancellationToken))
            {
                Assert.True(engine.GetStatistics(table).HeadBytes >= before + (10_000 * sizeof(int)));
            }
        }

        Assert.Equal(30_000, engine.Seal());
        Assert.Equal(0, engine.GetStatistics(table).HeadBytes);
    }
}
