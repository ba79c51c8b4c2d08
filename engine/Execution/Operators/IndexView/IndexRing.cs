using System.Runtime.CompilerServices;

namespace TickStore.Execution;

/// <summary>
/// The newest ticks of an index in order, and the index as it was before them: a tick that comes a little late is put
/// in its place, and what comes after it is folded again from memory.
/// </summary>
internal sealed class IndexRing(IndexState before)
{
    private const int TicksMax = 16 * 1024;

    private readonly IndexState middle = before.Clone(withPending: true);
    private IndexTick[] ticks = new IndexTick[256];
    private int count;
    private bool hasMiddle;

    /// <summary>The index before the first tick here.</summary>
    public IndexState Before { get; private set; } = before;

    /// <summary>The ticks, in order.</summary>
    public ReadOnlySpan<IndexTick> Ticks => ticks.AsSpan(0, count);

    /// <summary>Adds a tick behind all others. The oldest half goes where there are too many.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="behind">The index behind it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in IndexTick tick, IndexState behind)
    {
        if (count == ticks.Length)
        {
            Array.Resize(ref ticks, ticks.Length * 2);
        }

        ticks[count++] = tick;
        if (count == TicksMax / 2)
        {
            middle.CopyFrom(behind);
            hasMiddle = true;
        }
        else if (count >= TicksMax)
        {
            DropOldest(behind);
        }
    }

    /// <summary>Forgets all ticks; goes on from a state.</summary>
    public void Restart(IndexState state)
    {
        Before = state;
        count = 0;
        hasMiddle = false;
    }

    /// <summary>Writes the ticks and the state before them.</summary>
    public void Save(StateWriter writer)
    {
        Before.Save(writer);
        writer.WriteSpan<IndexTick>(Ticks);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader)
    {
        Before.Load(reader);
        ticks = [.. reader.ReadSpan<IndexTick>(), default];
        count = ticks.Length - 1;
        hasMiddle = false;
    }

    // What the index was in the middle was noted when it was there, unless the ticks came from a checkpoint.
    private void DropOldest(IndexState behind)
    {
        var old = count - (TicksMax / 2);
        if (hasMiddle)
        {
            Before.CopyFrom(middle);
        }
        else
        {
            foreach (ref readonly var tick in ticks.AsSpan(0, old))
            {
                Before.Apply(tick);
            }
        }

        ticks.AsSpan(old, count - old).CopyTo(ticks);
        count -= old;
        middle.CopyFrom(behind);
        hasMiddle = true;
    }
}
