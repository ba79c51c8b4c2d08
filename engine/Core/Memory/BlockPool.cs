using System.Collections.Concurrent;
using System.Diagnostics;
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

    private readonly FreeBlocks free;
    private long leaseCount;

    /// <summary>Makes a pool over <paramref name="budget"/> that keeps at most <paramref name="keepBytesMax"/> unused.</summary>
    public BlockPool(MemoryBudget budget, long keepBytesMax = 256L << 20)
        : this(budget, new FreeBlocks(keepBytesMax)) { }

    private BlockPool(MemoryBudget budget, FreeBlocks free)
    {
        Budget = budget;
        this.free = free;
    }

    /// <summary>What the blocks on loan are counted against.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Blocks on loan now: zero once every owner has disposed of its leases.</summary>
    public long LeaseCount => Volatile.Read(ref leaseCount);

    /// <summary>
    /// A pool that draws on another budget, such as a query's, and shares this pool's unused blocks. Leases are counted apart.
    /// </summary>
    public BlockPool WithBudget(MemoryBudget budget) => new(budget, free);

    /// <summary>
    /// Lends a block of at least <paramref name="sizeBytes"/>, or throws <see cref="ErrorCode.MemoryBudget"/>.
    /// </summary>
    public MemoryLease Rent(int sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        if (sizeBytes > 1 << 30)
        {
            Throw.Error(
                ErrorCode.MemoryBudget,
                $"One block of {sizeBytes:N0} bytes is not possible: at most {1 << 30:N0}"
            );
        }

        var shift = Math.Max(SmallestShift, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(sizeBytes - 1, 0)));
        var blockBytes = 1 << shift;
        Budget.Reserve(blockBytes);
        byte[] array;
        try
        {
            array =
                free.TryTake(shift) ?? GC.AllocateUninitializedArray<byte>(blockBytes + AlignmentBytes, pinned: true);
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
        free.Keep(BitOperations.Log2((uint)lease.LengthBytes), lease.Array);
    }

    // A reader that kept a span too long sees this pattern in Debug, and so does its test.
    [Conditional("DEBUG")]
    private static void Poison(Span<byte> block) => block.Fill(0xCD);

    /// <summary>Blocks that nobody uses, by size.</summary>
    private sealed class FreeBlocks
    {
        private readonly ConcurrentBag<byte[]>[] bySize = new ConcurrentBag<byte[]>[
            LargestPooledShift - SmallestShift + 1
        ];
        private readonly long keepBytesMax;
        private long keptBytes;

        public FreeBlocks(long keepBytesMax)
        {
            this.keepBytesMax = keepBytesMax;
            for (var i = 0; i < bySize.Length; i++)
            {
                bySize[i] = [];
            }
        }

        public byte[]? TryTake(int shift)
        {
            if (shift > LargestPooledShift || !bySize[shift - SmallestShift].TryTake(out var array))
            {
                return null;
            }

            Interlocked.Add(ref keptBytes, -(1L << shift));
            return array;
        }

        public void Keep(int shift, byte[] array)
        {
            if (shift > LargestPooledShift)
            {
                return;
            }

            if (Interlocked.Add(ref keptBytes, 1L << shift) <= keepBytesMax)
            {
                bySize[shift - SmallestShift].Add(array);
            }
            else
            {
                Interlocked.Add(ref keptBytes, -(1L << shift));
            }
        }
    }
}
