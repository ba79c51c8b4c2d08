using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Values of any orderable type as unsigned integers in the same order, equal where the values are equal. Text and
/// intervals become their rank among the values present.
/// </summary>
internal static class SortCodes
{
    private const ulong SignBit = 1UL << 63;

    /// <summary>The order of DOUBLE in SQL: -0 equals 0, NaN equals NaN and is greater than every number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfDouble(double value)
    {
        if (double.IsNaN(value))
        {
            return ulong.MaxValue;
        }

        var bits = BitConverter.DoubleToUInt64Bits(value + 0.0);
        return (bits & SignBit) != 0 ? ~bits : bits | SignBit;
    }

    /// <summary>The value of a code of <see cref="OfDouble"/>; 0 for both zeros.</summary>
    public static double ToDouble(ulong code) =>
        code == ulong.MaxValue
            ? double.NaN
            : BitConverter.UInt64BitsToDouble((code & SignBit) != 0 ? code & ~SignBit : ~code);

    /// <summary>True where codes follow from the value alone, without the other rows.</summary>
    public static bool AreAbsolute(DataType type) => type is { IsText: false, Depth: 0, Kind: not TypeKind.Interval };

    /// <summary>Writes the code of every row; that of a NULL means nothing.</summary>
    public static void Write(ColumnVector column, Span<ulong> codes, ISymbolTable symbols, BlockPool pool)
    {
        if (column.Type.IsArray)
        {
            Throw.Error(ErrorCode.TypeMismatch, $"Values of type {column.Type} have no order");
        }

        switch (column.Type.Kind)
        {
            case TypeKind.Symbol:
                RankSymbols(column, codes, symbols, pool);
                break;
            case TypeKind.Varchar:
                RankTexts(column, codes, pool);
                break;
            case TypeKind.Interval:
                RankIntervals(column, codes, pool);
                break;
            default:
                WriteAbsolute(column, codes);
                break;
        }
    }

    /// <summary>As <see cref="Write"/>, for types whose codes follow from the value alone.</summary>
    public static void WriteAbsolute(ColumnVector column, Span<ulong> codes)
    {
        switch (column.Type.Physical)
        {
            case PhysicalType.Byte:
                Widen(column.Values<byte>(), codes);
                break;
            case PhysicalType.Int16:
                Widen(column.Values<short>(), codes);
                break;
            case PhysicalType.Int32:
                Widen(column.Values<int>(), codes);
                break;
            case PhysicalType.Int64:
                Widen(column.Values<long>(), codes);
                break;
            case PhysicalType.Float:
                var floats = column.Values<float>();
                for (var i = 0; i < floats.Length; i++)
                {
                    codes[i] = OfDouble(floats[i]);
                }

                break;
            default:
                var doubles = column.Values<double>();
                for (var i = 0; i < doubles.Length; i++)
                {
                    codes[i] = OfDouble(doubles[i]);
                }

                break;
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> values, Span<ulong> codes)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < values.Length; i++)
        {
            codes[i] = (ulong)long.CreateTruncating(values[i]) ^ SignBit;
        }
    }

    // Ids say nothing about the order of the texts; only the symbols that are present are compared.
    private static void RankSymbols(ColumnVector column, Span<ulong> codes, ISymbolTable symbols, BlockPool pool)
    {
        var ids = column.Values<int>();
        var symbolCount = symbols.Count;
        using var ranks = new LeasedArray<int>(Math.Max(symbolCount, 1), pool);
        var rankOf = ranks.Span;
        rankOf.Fill(-1);
        var present = new List<int>();
        for (var i = 0; i < ids.Length; i++)
        {
            if (!column.IsNull(i) && rankOf[ids[i]] < 0)
            {
                rankOf[ids[i]] = 0;
                present.Add(ids[i]);
            }
        }

        present.Sort((a, b) => symbols.Utf8(a).SequenceCompareTo(symbols.Utf8(b)));
        for (var rank = 0; rank < present.Count; rank++)
        {
            rankOf[present[rank]] = rank;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            codes[i] = column.IsNull(i) ? 0 : (ulong)rankOf[ids[i]];
        }
    }

    // Eight bytes decide most comparisons; the rest of the text is looked at only among equal ones.
    private static void RankTexts(ColumnVector column, Span<ulong> codes, BlockPool pool)
    {
        var rowCount = column.RowCount;
        Span<byte> prefix = stackalloc byte[8];
        for (var i = 0; i < rowCount; i++)
        {
            var text = column.Utf8(i);
            prefix.Clear();
            text[..Math.Min(8, text.Length)].CopyTo(prefix);
            codes[i] = BinaryPrimitives.ReadUInt64BigEndian(prefix);
        }

        using var order = RowSort.Identity(rowCount, pool);
        RowSort.SortBy(codes[..rowCount], order, pool);
        var rows = order.Span;
        for (var start = 0; start < rowCount; )
        {
            var end = start + 1;
            while (end < rowCount && codes[rows[end]] == codes[rows[start]])
            {
                end++;
            }

            if (end - start > 1)
            {
                rows[start..end].Sort((a, b) => column.Utf8(a).SequenceCompareTo(column.Utf8(b)));
            }

            start = end;
        }

        WriteRanks(rows, codes, (a, b) => column.Utf8(a).SequenceEqual(column.Utf8(b)));
    }

    private static void RankIntervals(ColumnVector column, Span<ulong> codes, BlockPool pool)
    {
        using var order = RowSort.Identity(column.RowCount, pool);
        order.Span.Sort((a, b) => column.Values<Interval>()[a].CompareTo(column.Values<Interval>()[b]));
        WriteRanks(
            order.Span,
            codes,
            (a, b) => column.Values<Interval>()[a].CompareTo(column.Values<Interval>()[b]) == 0
        );
    }

    private static void WriteRanks(ReadOnlySpan<int> rows, Span<ulong> codes, Func<int, int, bool> areEqual)
    {
        var rank = 0UL;
        for (var i = 0; i < rows.Length; i++)
        {
            rank += i > 0 && !areEqual(rows[i - 1], rows[i]) ? 1UL : 0;
            codes[rows[i]] = rank;
        }
    }
}
