using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>
/// Rows as boxed values, for the slow twins: bool, short, int, long, float, double, Interval, and string for VARCHAR
/// and SYMBOL alike; null for NULL.
/// </summary>
internal static class TestRow
{
    /// <summary>Reads one value of a vector.</summary>
    public static object? Read(ColumnVector column, int row, ISymbolTable symbols)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return column.Type.Kind switch
        {
            TypeKind.Boolean => column.Values<byte>()[row] != 0,
            TypeKind.SmallInt => column.Values<short>()[row],
            TypeKind.Int or TypeKind.Date => column.Values<int>()[row],
            TypeKind.BigInt or TypeKind.Timestamp or TypeKind.Decimal => column.Values<long>()[row],
            TypeKind.Real => column.Values<float>()[row],
            TypeKind.Double => column.Values<double>()[row],
            TypeKind.Interval => column.Values<Interval>()[row],
            TypeKind.Symbol => symbols.Text(column.Values<int>()[row]),
            TypeKind.Varchar => System.Text.Encoding.UTF8.GetString(column.Utf8(row)),
        };
    }

    /// <summary>Appends one value to a vector.</summary>
    public static void Append(ColumnVector column, object? value, ISymbolTable symbols) =>
        ConstantColumns.Append(Constant(column.Type, value), column, symbols);

    /// <summary>A boxed value as a constant.</summary>
    public static ConstantValue Constant(DataType type, object? value) =>
        value switch
        {
            null => ConstantValue.Null(type),
            bool v => ConstantValue.Of(v),
            short v => ConstantValue.Of(type, (long)v),
            int v => ConstantValue.Of(type, (long)v),
            long v => ConstantValue.Of(type, v),
            float v => ConstantValue.Of(type, (double)v),
            double v => ConstantValue.Of(type, v),
            Interval v => ConstantValue.Of(v),
            string v => new ConstantValue { Type = type, Text = v },
            _ => throw new ArgumentException(value.GetType().Name),
        };

    /// <summary>A row as text, with the bits of floating-point numbers, so that equal texts mean equal bits.</summary>
    public static string Text(IEnumerable<object?> row) =>
        string.Join(
            '|',
            row.Select(v =>
                v switch
                {
                    null => "NULL",
                    double d => $"{d}#{BitConverter.DoubleToInt64Bits(d):x}",
                    float f => $"{f}#{BitConverter.SingleToInt32Bits(f):x}",
                    string s => $"'{s}'",
                    _ => $"{v}",
                }
            )
        );

    /// <summary>A value by which equal values are grouped: -0 with 0, a month with 30 days.</summary>
    public static object GroupValue(object? value) =>
        value switch
        {
            null => DBNull.Value,
            double d => double.IsNaN(d) ? double.NaN : d + 0.0,
            float f => float.IsNaN(f) ? float.NaN : f + 0.0f,
            Interval i => i.ComparableNanos,
            _ => value,
        };

    /// <summary>A key of several values, comparable by <see cref="string"/> equality.</summary>
    public static string GroupKey(IEnumerable<object?> values) => Text(values.Select(v => (object?)GroupValue(v)));

    /// <summary>The order of two values that are not NULL.</summary>
    public static int Compare(object left, object right) =>
        (left, right) switch
        {
            (double a, double b) => CompareDoubles(a, b),
            (float a, float b) => CompareDoubles(a, b),
            (string a, string b) => System
                .Text.Encoding.UTF8.GetBytes(a)
                .AsSpan()
                .SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)),
            _ => ((IComparable)(left is Interval i ? i.ComparableNanos : left)).CompareTo(
                right is Interval j ? j.ComparableNanos : right
            ),
        };

    /// <summary>The order of two rows by keys over columns.</summary>
    public static int Compare(object?[] left, object?[] right, IReadOnlyList<SortKey> keys)
    {
        foreach (var key in keys)
        {
            var column = ((ColumnExpression)key.Expression).Index;
            var (a, b) = (left[column], right[column]);
            var order = (a, b) switch
            {
                (null, null) => 0,
                (null, _) => key.NullsFirst ? -1 : 1,
                (_, null) => key.NullsFirst ? 1 : -1,
                _ => key.Descending ? Compare(b, a) : Compare(a, b),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int CompareDoubles(double a, double b) =>
        double.IsNaN(a) ? (double.IsNaN(b) ? 0 : 1)
        : double.IsNaN(b) ? -1
        : a < b ? -1
        : a > b ? 1
        : 0;
}
