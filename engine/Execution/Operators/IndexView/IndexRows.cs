using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Writes rows of an index, and reads the rows that it is made of.</summary>
internal static class IndexRows
{
    /// <summary>The tick in a row of the prices.</summary>
    public static IndexTick TickOf(Batch prices, int row) =>
        new(
            prices[0].Values<long>()[row],
            prices[3].Values<long>()[row],
            prices[1].Values<int>()[row],
            prices[2].Values<long>()[row]
        );

    /// <summary>The change in a row of the members or, with <paramref name="isDivisor"/>, of the divisors. NULL is 0.</summary>
    public static BasketChange ChangeOf(Batch rows, int row, bool isDivisor, bool isPending)
    {
        var value = rows[isDivisor ? 1 : 2];
        return new BasketChange(
            rows[0].Values<long>()[row],
            rows[isDivisor ? 2 : 3].Values<long>()[row],
            isDivisor ? -1 : rows[1].Values<int>()[row],
            value.IsNull(row) ? 0 : value.Values<long>()[row],
            isPending
        );
    }
}

/// <summary>Writes rows of an index into an empty batch that has room for them, one behind the other.</summary>
internal ref struct IndexRowWriter
{
    private readonly Batch target;
    private readonly Span<long> times;
    private readonly Span<double> levels;
    private readonly Span<int> members;
    private readonly Span<int> priced;
    private readonly Span<long> sequences;
    private bool hasNull;

    public IndexRowWriter(Batch target)
    {
        this.target = target;
        times = target[0].Writable<long>();
        levels = target[1].Writable<double>();
        members = target[2].Writable<int>();
        priced = target[3].Writable<int>();
        sequences = target[4].Writable<long>();
    }

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in IndexTick tick, IndexLevel level)
    {
        var row = Count++;
        times[row] = tick.Time;
        levels[row] = level.Level;
        members[row] = level.Members;
        priced[row] = level.Priced;
        sequences[row] = tick.Sequence;
        hasNull |= double.IsNaN(level.Level);
    }

    /// <summary>Makes the batch hold the rows, and begins again.</summary>
    public void Finish()
    {
        target.Clear();
        for (var i = 0; i < target.ColumnCount; i++)
        {
            target[i].SetRowCount(Count);
        }

        target.SetRowCount(Count);
        if (hasNull)
        {
            var validity = target[1].WritableValidity();
            for (var row = 0; row < Count; row++)
            {
                validity[row] = double.IsNaN(levels[row]) ? (byte)0 : (byte)1;
                levels[row] = double.IsNaN(levels[row]) ? 0 : levels[row];
            }
        }

        Count = 0;
        hasNull = false;
    }
}
