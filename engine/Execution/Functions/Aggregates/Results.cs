using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Appends results, one a group.</summary>
internal static class Results
{
    /// <summary>Appends a value of fixed width.</summary>
    public static void Append<T>(ColumnVector result, T value)
        where T : unmanaged
    {
        var row = result.RowCount;
        result.EnsureCapacity(row + 1);
        result.Writable<T>()[row] = value;
        result.SetRowCount(row + 1);
        MarkValue(result, row);
    }

    /// <summary>Appends a text.</summary>
    public static void Append(ColumnVector result, ReadOnlySpan<byte> text)
    {
        result.AppendUtf8(text);
        MarkValue(result, result.RowCount - 1);
    }

    /// <summary>Appends an exact integer as BIGINT or units of DECIMAL, or fails where it does not fit.</summary>
    public static void Append(ColumnVector result, Int128 total, string what) =>
        Append(result, Narrow(total, result.Type, what));

    /// <summary>An exact integer as BIGINT or units of DECIMAL; an error where it does not fit.</summary>
    public static long Narrow(Int128 total, DataType type, string what)
    {
        var fits =
            type.Kind == TypeKind.Decimal
                ? Int128.Abs(total) < DecimalText.PowerOfTen(type.Precision)
                : total == (long)total;
        if (!fits)
        {
            Throw.Overflow($"{what} of {total}{(type.Scale == 0 ? string.Empty : $"e-{type.Scale}")}", type);
        }

        return (long)total;
    }

    private static void MarkValue(ColumnVector result, int row)
    {
        if (result.MayHaveNulls)
        {
            result.WritableValidity()[row] = 1;
        }
    }
}
