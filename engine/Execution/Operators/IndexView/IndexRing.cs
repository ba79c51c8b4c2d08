namespace TickStore.Execution;

/// <summary>
/// The newest ticks of an index in order, and the index as it was before them: a tick that comes a little late is put
/// in its place, and what comes after it is folded again from memory.
/// </summary>
internal sealed class IndexRing(IndexState before)
{
    private const int TicksMax = 16 * 1024;

    private IndexTick[] ticks = new IndexTick[256];
    private int count;

    /// <summary>The index before the first tick here.</summary>
    public IndexState Before { get; private set; } = before;

    /// <summary>The ticks, in order.</summary>
    public ReadOnlySpan<IndexTick> Ticks => ticks.AsSpan(0, count);

    /// <summary>Adds a tick behind all others. The oldest half goes where there are too many.</summary>
    public void Add(in IndexTick tick)
    {
        if (count == ticks.Length)
        {
            MakeRoom();
        }

        ticks[count++] = tick;
    }

    /// <summary>Forgets all ticks; goes on from a state.</summary>
    public void Restart(IndexState state)
    {
        Before = state;
        count = 0;
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
    }

    private void MakeRoom()
    {
        if (ticks.Length < TicksMax)
        {
            Array.Resize(ref ticks, Math.Min(TicksMax, ticks.Length * 2));
            return;
        }

        var old = count / 2;
        for (var i = 0; i < old; i++)
        {
            Before.Apply(ticks[i]);
        }

        ticks.AsSpan(old, count - old).CopyTo(ticks);
        count -= old;
    }
}
