// Proves: once its buffers are warm, a commit allocates nothing, on the committing thread and on the log's: neither a row nor a batch
// costs garbage, durable or not, by columns or by rows of a .NET type. A head that grows by chunks of 65,536 rows pays a constant a
// chunk. Counted by the runtime's own counters; the rows of each run are sealed between runs, so that blocks come back to their pool.
using TickStore.Storage;
using TickStore.Tests.Support;

namespace TickStore.Tests.Budgets;

[Collection(Alone.Name)]
public sealed class IngestTests
{
    private const int WarmRows = 4 * ChunkRows;
    private const int ChunkRows = 65_536;

    // A chunk's own objects: eight columns with a lease each, the table version that names it, the batch that shows it to scans.
    private const int BytesPerChunk = 6144;

    [Theory]
    [InlineData(Durability.Async, 20, 4000)]
    [InlineData(Durability.Async, 1000, 20_000)]
    [InlineData(Durability.Fsync, 20, 400)]
    [InlineData(Durability.Fsync, 1000, 4000)]
    public void Commits_of_columns_allocate_nothing(Durability durability, int commitRows, int rowCount)
    {
        using var ticks = new Ticks();
        using var appender = ticks.Appender(durability, commitRows);
        Warm(ticks);
        void Commit(int rows)
        {
            for (var done = 0; done < rows; done += commitRows)
            {
                ticks.Fill(appender, commitRows);
                appender.Commit();
            }
        }

        // Within one chunk, so that what is measured is the commit alone.
        ticks.Write(ChunkRows + (ChunkRows / 2));
        Assert.Equal(0, Allocation.OfThread(() => Commit(rowCount)));
        Assert.Equal(0, Allocation.OfProcess(() => Commit(rowCount)));
    }

    [Fact]
    public void Commits_that_do_not_block_allocate_nothing()
    {
        const int commitRows = 20;
        using var ticks = new Ticks();
        using var appender = ticks.Appender(Durability.Fsync, commitRows);
        const int commits = 20;
        var lastRows = 0L;
        void Commit()
        {
            for (var i = 0; i < commits; i++)
            {
                ticks.Fill(appender, commitRows);
                var durable = appender.CommitAsync();
                while (!durable.IsCompleted)
                {
                    Thread.Yield();
                }

                lastRows = durable.GetAwaiter().GetResult().RowCount;
            }
        }

        Warm(ticks);
        ticks.Write(ChunkRows + (ChunkRows / 2));
        Assert.Equal(0, Allocation.OfProcess(Commit));
        Assert.Equal(commitRows, lastRows);
    }

    [Fact]
    public void Rows_of_a_type_allocate_nothing()
    {
        const int commitRows = 1000;
        using var ticks = new Ticks();
        using var appender = ticks.Database.CreateAppender<Trade>(
            Ticks.Table,
            new AppenderOptions { Durability = Durability.Async, CommitRows = commitRows }
        );
        void Append(int rows)
        {
            for (var i = 0; i < rows; i++)
            {
                appender.Append(ticks.NextTrade());
            }
        }

        Warm(ticks);
        ticks.Write(ChunkRows + (ChunkRows / 2));
        Assert.Equal(0, Allocation.OfThread(() => Append(4 * commitRows)));
        Assert.Equal(0, Allocation.OfProcess(() => Append(4 * commitRows)));
    }

    [Fact]
    public void A_growing_head_allocates_a_constant_a_chunk()
    {
        using var ticks = new Ticks();
        Warm(ticks);
        var perChunk = Allocation.Of4Less1(ticks.Write, _ => ticks.Database.Seal(), ChunkRows) / 3;
        Assert.InRange(perChunk, 0, BytesPerChunk);
    }

    // The pool then has the blocks that a head of that size needs.
    private static void Warm(Ticks ticks)
    {
        ticks.Write(WarmRows + ChunkRows);
        ticks.Database.Seal();
    }
}
