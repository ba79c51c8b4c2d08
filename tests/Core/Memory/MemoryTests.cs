// Proves that budgets nest and refuse without taking anything, that blocks are aligned, of the size asked for and given
// back once, and that many threads leave the counters at zero.
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Tests.Core.Memory;

public sealed class MemoryTests
{
    [Fact]
    public void A_refused_reservation_takes_nothing_on_any_level()
    {
        var database = new MemoryBudget(100, "database");
        var query = new MemoryBudget(80, "query", database);
        query.Reserve(60);
        Assert.False(query.TryReserve(30));
        database.Reserve(30);
        var error = Assert.Throws<TickStoreException>(() => query.Reserve(15));
        Assert.Equal((ErrorCode.MemoryBudget, true), (error.Code, error.Retryable));
        Assert.Equal((60, 90), (query.UsedBytes, database.UsedBytes));
        query.Release(60);
        database.Release(30);
        Assert.Equal((0, 0), (query.UsedBytes, database.UsedBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData((1 << 20) + 1)]
    [InlineData(1 << 25)]
    public void Blocks_are_aligned_and_large_enough(int sizeBytes)
    {
        var pool = new BlockPool(new MemoryBudget(1 << 28, "test"));
        using (var lease = pool.Rent(sizeBytes))
        {
            Assert.True(lease.LengthBytes >= sizeBytes);
            Assert.Equal(0, (long)Marshal.UnsafeAddrOfPinnedArrayElement(lease.Array, lease.Offset) % 64);
            lease.Span.Fill(7);
            lease.Dispose();
        }

        Assert.Equal((0, 0), (pool.LeaseCount, pool.Budget.UsedBytes));
    }

    [Fact]
    public void A_block_beyond_the_budget_is_refused_and_not_counted()
    {
        var pool = new BlockPool(new MemoryBudget(10_000, "test"));
        Assert.Throws<TickStoreException>(() => pool.Rent(16_000));
        Assert.Equal((0, 0), (pool.LeaseCount, pool.Budget.UsedBytes));
    }

    [Fact]
    public void Threads_leave_the_counters_at_zero()
    {
        var pool = new BlockPool(new MemoryBudget(1 << 28, "test"));
        Parallel.For(
            0,
            2000,
            i =>
            {
                using var lease = pool.Rent(1 << (8 + (i % 10)));
                lease.Span[0] = (byte)i;
                Assert.Equal((byte)i, lease.Span[0]);
            }
        );
        Assert.Equal((0, 0), (pool.LeaseCount, pool.Budget.UsedBytes));
    }
}
