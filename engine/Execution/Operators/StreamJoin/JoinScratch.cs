using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Room for moving the rows of a side together; the sides of a join share it, one after the other.</summary>
internal sealed class JoinScratch(BlockPool pool) : IDisposable
{
    private readonly PooledList<int> kept = new(pool);
    private readonly PooledList<int> moved = new(pool);
    private readonly PooledList<int> below = new(pool);
    private readonly PooledList<int> above = new(pool);

    /// <summary>Room for the slots that stay.</summary>
    public Span<int> Kept(int count) => Of(kept, count);

    /// <summary>Room for the new number of each slot.</summary>
    public Span<int> Moved(int count) => Of(moved, count);

    /// <summary>Room for the links to earlier rows.</summary>
    public Span<int> Below(int count) => Of(below, count);

    /// <summary>Room for the links to later rows.</summary>
    public Span<int> Above(int count) => Of(above, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        kept.Dispose();
        moved.Dispose();
        below.Dispose();
        above.Dispose();
    }

    private static Span<int> Of(PooledList<int> list, int count)
    {
        list.SetCount(count);
        return list.Span;
    }
}
