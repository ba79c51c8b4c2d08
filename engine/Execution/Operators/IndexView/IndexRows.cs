using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Writes rows of an index, and reads the rows that it is made of.</summary>
internal static class IndexRows
{
    /// <summary>Appends a row; the batch's row count is the caller's to set.</summary>
    public static void Append(Batch target, in IndexTick tick, IndexLevel level)
    {
        Put(target[0], tick.Time);
        if (double.IsNaN(level.Level))
        {
            target[1].AppendNull();
        }
        else
        {
            Put(target[1], level.Level);
        }

        Put(target[2], level.Members);
        Put(target[3], level.Priced);
        Put(target[4], tick.Sequence);
    }

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

    private static void Put<T>(ColumnVector column, T value)
        where T : unmanaged
    {
        var row = column.RowCount;
        column.EnsureCapacity(row + 1);
        column.Writable<T>()[row] = value;
        column.SetRowCount(row + 1);
    }
}
