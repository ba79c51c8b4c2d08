using System.Numerics;

namespace TickStore.EndToEnd.Engines.DuckDb;

/// <summary>How a generated column becomes a DuckDB vector: copied, or widened to the type that the table has.</summary>
internal static unsafe class DuckDbColumn
{
    /// <summary>
    /// The type of the column. Prices are DECIMAL(18, 2): exact, and 64 bits wide, so that px * qty needs no cast of either;
    /// DECIMAL(9, 2) takes the same bytes on disk and twice the time to multiply, DOUBLE the same time and rounds.
    /// </summary>
    public static string TypeOf(FlatKind kind) =>
        kind switch
        {
            FlatKind.Time => "TIMESTAMP_NS",
            FlatKind.Symbol => "symbol",
            FlatKind.Price => "DECIMAL(18, 2)",
            FlatKind.Count => "INTEGER",
            FlatKind.LargeCount => "BIGINT",
            FlatKind.Flag => "BOOLEAN",
        };

    /// <summary>Writes rows of the column into a vector's memory, which has room for them.</summary>
    public static void Write(FlatColumn column, int startRow, int rowCount, void* vector)
    {
        var from = column.Offset + startRow;
        switch (column.Kind)
        {
            case FlatKind.Time:
            case FlatKind.LargeCount:
                ((long[])column.Values).AsSpan(from, rowCount).CopyTo(new Span<long>(vector, rowCount));
                break;
            case FlatKind.Symbol:
                // An ENUM of up to 65,536 values is a ushort.
                Narrow(((int[])column.Values).AsSpan(from, rowCount), new Span<ushort>(vector, rowCount));
                break;
            case FlatKind.Price:
                Widen(((int[])column.Values).AsSpan(from, rowCount), new Span<long>(vector, rowCount));
                break;
            case FlatKind.Count:
                ((int[])column.Values).AsSpan(from, rowCount).CopyTo(new Span<int>(vector, rowCount));
                break;
            case FlatKind.Flag:
                ((byte[])column.Values).AsSpan(from, rowCount).CopyTo(new Span<byte>(vector, rowCount));
                break;
        }
    }

    private static void Narrow(ReadOnlySpan<int> indexes, Span<ushort> target)
    {
        for (var i = 0; i < indexes.Length; i++)
        {
            target[i] = (ushort)indexes[i];
        }
    }

    private static void Widen(ReadOnlySpan<int> cents, Span<long> target)
    {
        var i = 0;
        for (; i <= cents.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector.Widen(new Vector<int>(cents[i..]), out var low, out var high);
            low.CopyTo(target[i..]);
            high.CopyTo(target[(i + Vector<long>.Count)..]);
        }

        for (; i < cents.Length; i++)
        {
            target[i] = cents[i];
        }
    }
}
