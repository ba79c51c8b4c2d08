using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Left rows to be joined in a step: the slot each had before it and has behind it, or -1, and why.</summary>
internal sealed class JoinCandidates(BlockPool pool) : IDisposable
{
    private readonly PooledList<int> old = new(pool);
    private readonly PooledList<int> now = new(pool);
    private readonly PooledList<byte> causes = new(pool);

    /// <summary>How many there are.</summary>
    public int Count => now.Count;

    /// <summary>Slots before the step; -1 for a row that is new.</summary>
    public ReadOnlySpan<int> Old => old.Span;

    /// <summary>Slots behind the step; -1 for a row that is gone.</summary>
    public ReadOnlySpan<int> Now => now.Span;

    /// <summary>True where all are new rows, and none for any other cause.</summary>
    public bool AreAllNew { get; private set; } = true;

    /// <summary>Why a row is joined.</summary>
    public DeltaCause CauseOf(int index) => (DeltaCause)causes[index];

    /// <summary>Adds one.</summary>
    public void Add(int oldSlot, int nowSlot, DeltaCause cause)
    {
        old.Add(oldSlot);
        now.Add(nowSlot);
        causes.Add((byte)cause);
        AreAllNew &= oldSlot < 0 && nowSlot >= 0 && cause == DeltaCause.New;
    }

    /// <summary>Adds new rows that lie one behind the other.</summary>
    public void AddNew(int firstSlot, int count)
    {
        var start = now.Count;
        old.Extend(start + count, JoinSide.None);
        causes.Extend(start + count, (byte)DeltaCause.New);
        now.SetCount(start + count);
        var slots = now.Span[start..];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = firstSlot + i;
        }
    }

    /// <summary>Keeps those that a test lets pass, in their order.</summary>
    public void Keep(Func<int, int, bool> test)
    {
        var kept = 0;
        AreAllNew = true;
        for (var i = 0; i < Count; i++)
        {
            if (test(old[i], now[i]))
            {
                (old[kept], now[kept], causes[kept]) = (old[i], now[i], causes[i]);
                AreAllNew &= old[i] < 0 && now[i] >= 0 && CauseOf(i) == DeltaCause.New;
                kept++;
            }
        }

        old.SetCount(kept);
        now.SetCount(kept);
        causes.SetCount(kept);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        old.SetCount(0);
        now.SetCount(0);
        causes.SetCount(0);
        AreAllNew = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        old.Dispose();
        now.Dispose();
        causes.Dispose();
    }
}
