using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Appends constants to vectors.</summary>
internal static class ConstantWriter
{
    /// <summary>Appends a constant of the vector's type. A SYMBOL whose id is not known yet is interned.</summary>
    public static void Append(ColumnVector target, ConstantValue value, ISymbolTable symbols)
    {
        if (value.IsNull)
        {
            target.AppendNull();
            return;
        }

        if (target.Type.IsArray)
        {
            Throw.Error(ErrorCode.NotSupported, $"A constant of type {target.Type} cannot be written: only NULL");
        }

        if (target.Type.Kind == TypeKind.Varchar)
        {
            target.AppendUtf8(value.Utf8());
        }
        else
        {
            var row = target.RowCount;
            target.EnsureCapacity(row + 1);
            Write(target, row, value, symbols);
            target.SetRowCount(row + 1);
        }

        if (target.MayHaveNulls)
        {
            target.WritableValidity()[target.RowCount - 1] = 1;
        }
    }

    private static void Write(ColumnVector target, int row, ConstantValue value, ISymbolTable symbols)
    {
        switch (target.Type.Physical)
        {
            case PhysicalType.Byte:
                target.Writable<byte>()[row] = value.Integer != 0 ? (byte)1 : (byte)0;
                break;
            case PhysicalType.Int16:
                target.Writable<short>()[row] = (short)value.Integer;
                break;
            case PhysicalType.Int32 when target.Type.Kind == TypeKind.Symbol:
                target.Writable<int>()[row] = value.Text is null ? (int)value.Integer : symbols.Intern(value.Utf8());
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
}
