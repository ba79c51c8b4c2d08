using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>One key of an order over kept rows.</summary>
/// <param name="Column">Index of the column.</param>
/// <param name="Descending">True for greatest first.</param>
/// <param name="NullsFirst">True where NULL comes before all values, whatever the direction.</param>
internal readonly record struct SortColumn(int Column, bool Descending = false, bool NullsFirst = false);

/// <summary>
/// Sorts row numbers, stably. Every key becomes an unsigned code of as few bits as its range of values needs; codes
/// of several keys are packed into words of 64 bits; words are sorted by radix, the least significant one first. So
/// (symbol, time) within a day is one word and one sort, and input that is sorted already costs one pass.
/// </summary>
/// <remarks>
/// Least-significant-digit radix sort over bytes, all histograms in one pass; Knuth, volume 3, 5.2.5.
/// </remarks>
internal static class RowSort
{
    private const int RadixRowsMin = 64;

    /// <summary>Rows 0 to <paramref name="rowCount"/> - 1 in their own order; the caller disposes of it.</summary>
    public static LeasedArray<int> Identity(int rowCount, BlockPool pool)
    {
        var order = new LeasedArray<int>(Math.Max(rowCount, 1), pool);
        var rows = order.Span;
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
        }

        return order;
    }

    /// <summary>The order of <paramref name="rows"/> by <paramref name="keys"/>; the caller disposes of it.</summary>
    public static LeasedArray<int> Order(
        Batch rows,
        ReadOnlySpan<SortColumn> keys,
        ISymbolTable symbols,
        BlockPool pool
    )
    {
        var order = Identity(rows.RowCount, pool);
        try
        {
            if (rows.RowCount > 1)
            {
                Sort(rows, keys, symbols, order, pool);
            }

            return order;
        }
        catch
        {
            order.Dispose();
            throw;
        }
    }

    /// <summary>Reorders <paramref name="order"/> stably by the code of each row.</summary>
    /// <param name="codes">A code for each row number that occurs in the order.</param>
    /// <param name="order">Row numbers, as many as there are codes.</param>
    /// <param name="pool">For memory of 24 bytes a row while sorting.</param>
    public static void SortBy(ReadOnlySpan<ulong> codes, LeasedArray<int> order, BlockPool pool)
    {
        var rows = order.Span[..codes.Length];
        if (IsSorted(codes, rows))
        {
            return;
        }

        if (rows.Length < RadixRowsMin)
        {
            InsertionSort(codes, rows);
            return;
        }

        using var keys = new LeasedArray<ulong>(rows.Length, pool);
        using var otherKeys = new LeasedArray<ulong>(rows.Length, pool);
        using var otherRows = new LeasedArray<int>(rows.Length, pool);
        var from = keys.Span;
        for (var i = 0; i < rows.Length; i++)
        {
            from[i] = codes[rows[i]];
        }

        Radix(from, rows, otherKeys.Span, otherRows.Span);
    }

    private static void Sort(
        Batch rows,
        ReadOnlySpan<SortColumn> keys,
        ISymbolTable symbols,
        LeasedArray<int> order,
        BlockPool pool
    )
    {
        using var codes = new LeasedArray<ulong>(rows.RowCount, pool);
        using var words = new LeasedArray<ulong>(rows.RowCount, pool);
        var word = words.Span;
        word.Clear();
        var usedBits = 0;
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            var column = rows[keys[i].Column];
            var code = codes.Span;
            SortCodes.Write(column, code, symbols, pool);
            var largest = Normalise(column, code, keys[i]);
            var bits = 64 - BitOperations.LeadingZeroCount(largest);
            if (usedBits + bits > 64)
            {
                SortBy(word, order, pool);
                word.Clear();
                usedBits = 0;
            }

            for (var row = 0; bits > 0 && row < word.Length; row++)
            {
                word[row] |= code[row] << usedBits;
            }

            usedBits += bits;
        }

        SortBy(word, order, pool);
    }

    // Makes codes count from 0, turned round for a descending key, with NULL before or behind all values.
    private static ulong Normalise(ColumnVector column, Span<ulong> codes, SortColumn key)
    {
        var validity = column.Validity;
        var smallest = ulong.MaxValue;
        var largest = 0UL;
        var hasNulls = false;
        for (var i = 0; i < codes.Length; i++)
        {
            if (!validity.IsEmpty && validity[i] == 0)
            {
                hasNulls = true;
                continue;
            }

            smallest = Math.Min(smallest, codes[i]);
            largest = Math.Max(largest, codes[i]);
        }

        if (smallest > largest)
        {
            codes.Clear();
            return 0;
        }

        var range = largest - smallest;
        if (hasNulls && range == ulong.MaxValue)
        {
            return NormaliseWide(column, codes, key);
        }

        var shift = hasNulls && key.NullsFirst ? 1UL : 0;
        for (var i = 0; i < codes.Length; i++)
        {
            var isNull = hasNulls && validity[i] == 0;
            codes[i] = isNull
                ? key.NullsFirst
                    ? 0
                    : range + 1
                : (key.Descending ? largest - codes[i] : codes[i] - smallest) + shift;
        }

        return hasNulls ? range + 1 : range;
    }

    // Values that span all 64 bits leave no code for NULL: their ranks do.
    private static ulong NormaliseWide(ColumnVector column, Span<ulong> codes, SortColumn key)
    {
        var sorted = codes.ToArray();
        Array.Sort(sorted);
        var distinct = sorted.Distinct().ToArray();
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (ulong)Array.BinarySearch(distinct, codes[i]);
        }

        return Normalise(column, codes, key);
    }

    private static bool IsSorted(ReadOnlySpan<ulong> codes, ReadOnlySpan<int> rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            if (codes[rows[i - 1]] > codes[rows[i]])
            {
                return false;
            }
        }

        return true;
    }

    private static void InsertionSort(ReadOnlySpan<ulong> codes, Span<int> rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            var row = rows[i];
            var code = codes[row];
            var at = i;
            while (at > 0 && codes[rows[at - 1]] > code)
            {
                rows[at] = rows[at - 1];
                at--;
            }

            rows[at] = row;
        }
    }

    private static void Radix(Span<ulong> keys, Span<int> rows, Span<ulong> otherKeys, Span<int> otherRows)
    {
        var histograms = new int[8 * 256];
        foreach (var key in keys)
        {
            for (var digit = 0; digit < 8; digit++)
            {
                histograms[(digit << 8) | (byte)(key >> (digit << 3))]++;
            }
        }

        var result = rows;
        for (var digit = 0; digit < 8; digit++)
        {
            var starts = histograms.AsSpan(digit << 8, 256);
            var shift = digit << 3;
            if (starts[(byte)(keys[0] >> shift)] == keys.Length)
            {
                continue;
            }

            var total = 0;
            for (var i = 0; i < 256; i++)
            {
                (starts[i], total) = (total, total + starts[i]);
            }

            for (var i = 0; i < keys.Length; i++)
            {
                var key = keys[i];
                var at = starts[(byte)(key >> shift)]++;
                otherKeys[at] = key;
                otherRows[at] = rows[i];
            }

            var swapKeys = keys;
            keys = otherKeys;
            otherKeys = swapKeys;
            var swapRows = rows;
            rows = otherRows;
            otherRows = swapRows;
        }

        rows.CopyTo(result);
    }
}
