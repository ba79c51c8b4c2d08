namespace TickStore.Execution;

/// <summary>A price of a symbol.</summary>
/// <param name="Time">Event time, in nanoseconds.</param>
/// <param name="Sequence">The row's <c>_seq</c>.</param>
/// <param name="Symbol">The symbol's id.</param>
/// <param name="Price">In units of the column.</param>
internal readonly record struct IndexTick(long Time, long Sequence, int Symbol, long Price) : IComparable<IndexTick>
{
    /// <summary>By (event time, <c>_seq</c>).</summary>
    public int CompareTo(IndexTick other) =>
        Time != other.Time ? Time.CompareTo(other.Time) : Sequence.CompareTo(other.Sequence);
}

/// <summary>A weight or a divisor that is in effect from a time on.</summary>
/// <param name="Time">Event time, in nanoseconds.</param>
/// <param name="Sequence">The row's <c>_seq</c>.</param>
/// <param name="Symbol">The symbol's id; -1 for a divisor.</param>
/// <param name="Value">In units of the column; 0 for NULL.</param>
/// <param name="IsPending">True while what was told so far does not know of it.</param>
internal readonly record struct BasketChange(long Time, long Sequence, int Symbol, long Value, bool IsPending);

/// <summary>The level of an index after a tick.</summary>
/// <param name="Level">The level; NaN for NULL.</param>
/// <param name="Members">Members in effect.</param>
/// <param name="Priced">Those of them that have a price.</param>
internal readonly record struct IndexLevel(double Level, int Members, int Priced)
{
    /// <summary>True where both have the same bits.</summary>
    public bool IsSame(IndexLevel other) =>
        BitConverter.DoubleToInt64Bits(Level) == BitConverter.DoubleToInt64Bits(other.Level)
        && Members == other.Members
        && Priced == other.Priced;
}
