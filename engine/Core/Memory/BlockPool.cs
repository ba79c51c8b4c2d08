using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TickStore.Core;

/// <summary>
/// Lends aligned blocks out of a budget, and keeps returned ones for the next caller. Sizes are powers of two from
/// 4 KiB. Blocks are arrays of the pinned heap rather than native memory: a block used after its return shows stale
/// bytes in the worst case, and never another process's fault. Thread-safe.
/// </summary>
public sealed class BlockPool
{
    private const int AlignmentBytes = 64;
    private const int SmallestShift = 12;
    private const int LargestPooledShift = 24;

    private readonly ConcurrentBag<byte[]>[] free = new ConcurrentBag<byte[]>[LargestPooledShift - SmallestShift + 1];
    private readonly long keepBytesMax;
    private long keptBytes;
    private long leaseCount;

    /// <summary>Makes a pool over <paramref name="budget"/> that keeps at most <paramref name="keepBytesMax"/> unused.</summary>
    public BlockPool(MemoryBudget budget, long keepBytesMax = 256L << 20)
    {
        Budget = budget;
        this.keepBytesMax = keepBytesMax;
        for (var i = 0; i < free.Length; i++)
        {
            free[i] = [];
        }
    }

    /// <summary>What the blocks on loan are counted against.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Blocks on loan now: zero once every owner has disposed of its leases.</summary>
    public long LeaseCount => Volatile.Read(ref leaseCount);

    /// <summary>
    /// Lends a block of at least <paramref name="sizeBytes"/>, or throws <see cref="ErrorCode.MemoryBudget"/>.
    /// </summary>
    public MemoryLease Rent(int sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        if (sizeBytes > 1 << 30)
        {
            Throw.Error(ErrorCode.MemoryBudget, $"One block of {sizeBytes:N0} bytes is not possible: at most {1 << 30:N0}");
        }

        var shift = Math.Max(SmallestShift, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(sizeBytes - 1, 0)));
        var blockBytes = 1 << shift;
        Budget.Reserve(blockBytes);
        byte[]? array = null;
        if (shift <= LargestPooledShift && free[shift - SmallestShift].TryTake(out array))
        {
            Interlocked.Add(ref keptBytes, -blockBytes);
        }

        try
        {
            array ??= GC.AllocateUninitializedArray<byte>(blockBytes + AlignmentBytes, pinned: true);
        }
        catch (OutOfMemoryException)
        {
            Budget.Release(blockBytes);
            throw;
        }

        Interlocked.Increment(ref leaseCount);
        var address = (long)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        var offset = (int)(-address & (AlignmentBytes - 1));
        return new MemoryLease(this, array, offset, blockBytes, blockBytes);
    }

    internal void Return(MemoryLease lease)
    {
        Poison(lease.Span);
        Interlocked.Decrement(ref leaseCount);
        Budget.Release(lease.ReservedBytes);
        var index = BitOperations.Log2((uint)lease.LengthBytes) - SmallestShift;
        if (index < free.Length && Interlocked.Add(ref keptBytes, lease.LengthBytes) <= keepBytesMax)
        {
            free[index].Add(lease.Array);
        }
        else if (index < free.Length)
        {
            Interlocked.Add(ref keptBytes, -lease.LengthBytes);
        }
    }

    // A reader that kept a span too long sees this pattern in Debug, and so does its test.
    [System.Diagnostics.Conditional("DEBUG")]
    private static void Poison(Span<byte> block) => block.Fill(0xCD);
}
