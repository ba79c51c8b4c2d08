namespace TickStore.Execution;

/// <summary>
/// All weights and divisors of an index that were ever given, by (event time, <c>_seq</c>). A row of them is small and rare, so
/// all are kept.
/// </summary>
internal sealed class IndexBasket
{
    private readonly List<BasketChange> changes = [];

    /// <summary>How many there are.</summary>
    public int Count => changes.Count;

    /// <summary>One of them.</summary>
    public BasketChange this[int index] => changes[index];

    /// <summary>Puts one in its place.</summary>
    public void Add(BasketChange change)
    {
        var at = changes.Count;
        while (at > 0 && IsBefore(change, changes[at - 1]))
        {
            at--;
        }

        changes.Insert(at, change);
    }

    /// <summary>Everything is known from now on.</summary>
    public void Settle()
    {
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].IsPending)
            {
                changes[i] = changes[i] with { IsPending = false };
            }
        }
    }

    /// <summary>Writes all.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(changes.Count);
        foreach (var change in changes)
        {
            writer.Write(change.Time);
            writer.Write(change.Sequence);
            writer.Write(change.Symbol);
            writer.Write(change.Value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader)
    {
        var count = reader.Read<int>();
        for (var i = 0; i < count; i++)
        {
            var time = reader.Read<long>();
            var sequence = reader.Read<long>();
            var symbol = reader.Read<int>();
            changes.Add(new BasketChange(time, sequence, symbol, reader.Read<long>(), false));
        }
    }

    private static bool IsBefore(BasketChange left, BasketChange right) =>
        left.Time != right.Time ? left.Time < right.Time : left.Sequence < right.Sequence;
}
