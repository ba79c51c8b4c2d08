using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Constants from and to rows of vectors.</summary>
public static class ConstantColumns
{
    /// <summary>Appends a constant to an owning vector of its type, as often as wanted. O(rows).</summary>
    /// <param name="value">The constant.</param>
    /// <param name="rowCount">How often.</param>
    /// <param name="target">Of the constant's type; grows as needed.</param>
    /// <param name="context">Its dictionary gives the id of a SYMBOL that has only a text.</param>
    public static void Append(ConstantValue value, int rowCount, ColumnVector target, EvaluationContext context)
    {
        var utf8 = Utf8Of(value);
        for (var i = 0; i < rowCount; i++)
        {
            Append(value, utf8, target, context.Symbols);
        }
    }

    /// <summary>Appends a constant once to an owning vector of its type.</summary>
    /// <param name="value">The constant.</param>
    /// <param name="target">Of the constant's type; grows as needed.</param>
    /// <param name="symbols">Gives the id of a SYMBOL that has only a text; may be null where the type is no SYMBOL.</param>
    public static void Append(ConstantValue value, ColumnVector target, ISymbolTable? symbols) =>
        Append(value, Utf8Of(value), target, symbols);

    private static byte[] Utf8Of(ConstantValue value) => value.Type.IsText && !value.IsNull ? value.Utf8() : [];

    private static void Append(ConstantValue value, byte[] utf8, ColumnVector target, ISymbolTable? symbols)
    {
        if (value.IsNull)
        {
            target.AppendNull();
            return;
        }

        if (target.Type.IsArray)
        {
            Throw.Error(
                ErrorCode.NotSupported,
                $"A constant of type {target.Type} is written as a text: '{{1,2}}'::{target.Type}"
            );
        }

        if (target.Type.Kind == TypeKind.Varchar)
        {
            target.AppendUtf8(utf8);
        }
        else
        {
            var row = target.RowCount;
            target.EnsureCapacity(row + 1);
            Write(value, utf8, target, row, symbols);
            target.SetRowCount(row + 1);
        }

        if (target.MayHaveNulls)
        {
            target.WritableValidity()[target.RowCount - 1] = 1;
        }
    }

    private static void Write(ConstantValue value, byte[] utf8, ColumnVector target, int row, ISymbolTable? symbols)
    {
        switch (target.Type.Physical)
        {
            case PhysicalType.Byte:
                target.Writable<byte>()[row] = value.Integer != 0 ? (byte)1 : (byte)0;
                break;
            case PhysicalType.Int16:
                target.Writable<short>()[row] = (short)value.Integer;
                break;
            case PhysicalType.Int32 when target.Type.Kind == TypeKind.Symbol && value.Text is not null:
                target.Writable<int>()[row] = symbols!.Intern(utf8);
                break;
            case PhysicalType.Int32:
                target.Writable<int>()[row] = (int)value.Integer;
                break;
            case PhysicalType.Int64:
                target.Writable<long>()[row] = value.Integer;
                break;
            case PhysicalType.Float:
                target.Writable<float>()[row] = (float)value.Real;
                break;
            case PhysicalType.Double:
                target.Writable<double>()[row] = value.Real;
                break;
            default:
                target.Writable<Interval>()[row] = value.Interval;
                break;
        }
    }

    /// <summary>One row of a scalar vector as a constant.</summary>
    public static ConstantValue Read(ColumnVector vector, int row, ISymbolTable symbols)
    {
        var type = vector.Type;
        if (vector.IsNull(row))
        {
            return ConstantValue.Null(type);
        }

        if (type.Kind == TypeKind.Symbol)
        {
            var id = vector.Values<int>()[row];
            return ConstantValue.Of(type, id) with { Text = symbols.Text(id) };
        }

        return type.Physical switch
        {
            PhysicalType.Byte => ConstantValue.Of(type, vector.Values<byte>()[row]),
            PhysicalType.Int16 => ConstantValue.Of(type, vector.Values<short>()[row]),
            PhysicalType.Int32 => ConstantValue.Of(type, vector.Values<int>()[row]),
            PhysicalType.Int64 => ConstantValue.Of(type, vector.Values<long>()[row]),
            PhysicalType.Float => ConstantValue.Of(type, (double)vector.Values<float>()[row]),
            PhysicalType.Double => ConstantValue.Of(type, vector.Values<double>()[row]),
            PhysicalType.Interval => ConstantValue.Of(vector.Values<Interval>()[row]),
            PhysicalType.Utf8 => ConstantValue.Of(System.Text.Encoding.UTF8.GetString(vector.Utf8(row))),
        };
    }
}
