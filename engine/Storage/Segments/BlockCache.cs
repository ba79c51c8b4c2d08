using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// Blocks of segments in memory, checked when they were read, so that warm reads make no system call. Shared by all
/// segments of a database and bounded by a budget; what was not used for a round of the clock's hand goes first. A
/// block that is being read when it goes stays valid for that reader. Thread-safe; a hit takes no lock.
/// </summary>
public sealed class BlockCache
{
    private readonly Lock gate = new();
    private readonly MemoryBudget budget;
    private readonly List<CachedBlock> blocks = [];
    private int hand;
    private long missCount;

    /// <summary>Makes an empty cache that reserves its blocks' bytes from <paramref name="budget"/>.</summary>
    public BlockCache(MemoryBudget budget) => this.budget = budget;

    /// <summary>Blocks held now.</summary>
    public int BlockCount
    {
        get
        {
            lock (gate)
            {
                return blocks.Count;
            }
        }
    }

    /// <summary>Blocks read from their files since the cache was made.</summary>
    public long MissCount => Volatile.Read(ref missCount);

    internal void CountMiss() => Interlocked.Increment(ref missCount);

    /// <summary>Keeps a block if room can be made for it.</summary>
    internal void Add(CachedBlock block)
    {
        lock (gate)
        {
            // Two rounds: the first may only take away the marks.
            var looksLeft = blocks.Count * 2;
            while (!budget.TryReserve(block.Bytes.Length))
            {
                if (looksLeft-- <= 0 || blocks.Count == 0)
                {
                    return;
                }

                Evict();
            }

            if (!block.TryPublish())
            {
                budget.Release(block.Bytes.Length);
                return;
            }

            blocks.Add(block);
        }
    }

    /// <summary>Drops all blocks of a segment that is being closed.</summary>
    internal void Remove(CachedBlock?[] slots)
    {
        lock (gate)
        {
            for (var i = blocks.Count - 1; i >= 0; i--)
            {
                if (ReferenceEquals(blocks[i].Slots, slots))
                {
                    Drop(i);
                }
            }
        }
    }

    private void Evict()
    {
        hand = hand >= blocks.Count ? 0 : hand;
        if (blocks[hand].WasUsed)
        {
            blocks[hand].WasUsed = false;
            hand++;
        }
        else
        {
            Drop(hand);
        }
    }

    private void Drop(int index)
    {
        var block = blocks[index];
        Volatile.Write(ref block.Slots[block.Slot], null);
        budget.Release(block.Bytes.Length);
        blocks[index] = blocks[^1];
        blocks.RemoveAt(blocks.Count - 1);
    }
}

/// <summary>A block in memory, and the place in its segment's table by which readers find it.</summary>
internal sealed class CachedBlock(byte[] bytes, CachedBlock?[] slots, int slot)
{
    private bool wasUsed = true;

    public byte[] Bytes { get; } = bytes;

    public CachedBlock?[] Slots { get; } = slots;

    public int Slot { get; } = slot;

    public bool WasUsed
    {
        get => Volatile.Read(ref wasUsed);
        set => Volatile.Write(ref wasUsed, value);
    }

    /// <summary>False where another thread was faster.</summary>
    public bool TryPublish() => Interlocked.CompareExchange(ref Slots[Slot], this, null) is null;
}
