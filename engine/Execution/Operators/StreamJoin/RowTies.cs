using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The order of two values of a column, ascending with NULL first: as a sort of the batch forms has it.</summary>
internal static class RowTies
{
    /// <summary>Negative, zero or positive as the row is before, level with or behind the other.</summary>
    public static int Compare(ColumnVector column, int row, int other, ISymbolTable symbols)
    {
        if (column.MayHaveNulls)
        {
            var (isNull, isOtherNull) = (column.IsNull(row), column.IsNull(other));
            if (isNull || isOtherNull)
            {
                return isOtherNull.CompareTo(isNull);
            }
        }

        switch (column.Type.Kind)
        {
            case TypeKind.Symbol:
            {
                var ids = column.Values<int>();
                return ids[row] == ids[other] ? 0 : symbols.Utf8(ids[row]).SequenceCompareTo(symbols.Utf8(ids[other]));
            }

            case TypeKind.Varchar:
                return column.Utf8(row).SequenceCompareTo(column.Utf8(other));
            case TypeKind.Interval:
            {
                var spans = column.Values<Interval>();
                return spans[row].ComparableNanos.CompareTo(spans[other].ComparableNanos);
            }

            case TypeKind.Real:
                return CompareReals(column.Values<float>()[row], column.Values<float>()[other]);
            case TypeKind.Double:
                return CompareReals(column.Values<double>()[row], column.Values<double>()[other]);
            default:
                break;
        }

        return column.Type.ElementBytes switch
        {
            1 => column.Values<byte>()[row].CompareTo(column.Values<byte>()[other]),
            2 => column.Values<short>()[row].CompareTo(column.Values<short>()[other]),
            4 => column.Values<int>()[row].CompareTo(column.Values<int>()[other]),
            8 => column.Values<long>()[row].CompareTo(column.Values<long>()[other]),
            _ => column.Values<Int128>()[row].CompareTo(column.Values<Int128>()[other]),
        };
    }

    // NaN behind all numbers; -0 and 0 are level.
    private static int CompareReals(double value, double other) =>
        double.IsNaN(value) || double.IsNaN(other) ? double.IsNaN(value).CompareTo(double.IsNaN(other))
        : value.CompareTo(other) is var order && value == other ? 0
        : order;
}
