using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// The directory of a segment (or of a sorted chunk): which symbols it holds, ascending, and where the rows of each
/// lie. In a table without a cluster column all rows are one run of symbol -1.
/// </summary>
internal sealed class SymbolRuns
{
    private int[] symbols = new int[16];
    private long[] firstRows = new long[17];

    /// <summary>Symbols.</summary>
    public int Count { get; private set; }

    /// <summary>Rows of all symbols.</summary>
    public long RowCount => firstRows[Count];

    /// <summary>The symbols' ids, ascending.</summary>
    public ReadOnlySpan<int> Symbols => symbols.AsSpan(0, Count);

    /// <summary>First row of each symbol, and at the end the row count.</summary>
    public ReadOnlySpan<long> FirstRows => firstRows.AsSpan(0, Count + 1);

    public void Add(int symbol, long rowCount)
    {
        if (Count == symbols.Length)
        {
            Array.Resize(ref symbols, Count * 2);
            Array.Resize(ref firstRows, (Count * 2) + 1);
        }

        symbols[Count] = symbol;
        Count++;
        firstRows[Count] = firstRows[Count - 1] + rowCount;
    }

    /// <summary>Rows of the symbols from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public (long From, long To) RowsOf(int first, int last) =>
        (firstRows[IndexFrom(first)], firstRows[IndexFrom((long)last + 1)]);

    /// <summary>Index of the first symbol that is at least <paramref name="symbol"/>.</summary>
    private int IndexFrom(long symbol)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (symbols[middle] < symbol)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The directories of several segments as that of their rows together.</summary>
    public static SymbolRuns Merge(IReadOnlyList<SymbolRuns> all)
    {
        var (min, max) = (int.MaxValue, -1);
        foreach (var runs in all)
        {
            min = runs.Count == 0 ? min : Math.Min(min, runs.symbols[0]);
            max = runs.Count == 0 ? max : Math.Max(max, runs.symbols[runs.Count - 1]);
        }

        var merged = new SymbolRuns();
        if (min > max)
        {
            return merged;
        }

        // Ids count up from 0, so that a count for each id between is the quickest way and seldom a large one.
        var counts = new long[max - min + 1];
        foreach (var runs in all)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                counts[runs.symbols[i] - min] += runs.firstRows[i + 1] - runs.firstRows[i];
            }
        }

        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                merged.Add(min + i, counts[i]);
            }
        }

        return merged;
    }

    /// <summary>
    /// Cuts the rows into vectors: a symbol with many rows begins one of its own, and fills vectors as long as it can;
    /// what remains of it, and thin symbols, share.
    /// </summary>
    /// <param name="ownVectorRows">How many rows are many.</param>
    /// <returns>Rows of each vector.</returns>
    public ushort[] CutVectors(int ownVectorRows = SegmentFormat.OwnVectorRows)
    {
        var vectors = new List<ushort>();
        var open = 0;
        for (var i = 0; i < Count; i++)
        {
            var rows = firstRows[i + 1] - firstRows[i];
            if (open > 0 && (rows >= ownVectorRows || open + rows > SegmentFormat.VectorRowsMax))
            {
                vectors.Add((ushort)open);
                open = 0;
            }

            for (; open + rows >= SegmentFormat.VectorRowsMax; rows -= SegmentFormat.VectorRowsMax - open, open = 0)
            {
                vectors.Add(SegmentFormat.VectorRowsMax);
            }

            open += (int)rows;
        }

        if (open > 0)
        {
            vectors.Add((ushort)open);
        }

        return [.. vectors];
    }
}
