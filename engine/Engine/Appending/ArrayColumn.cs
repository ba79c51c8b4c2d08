using System.Linq.Expressions;
using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>A fixed-depth array column, from a .NET array of exactly that depth, or null.</summary>
internal sealed class ArrayColumn<T, TValue> : ColumnMapping<T>
    where TValue : unmanaged
{
    private readonly Action<T[], int, TValue[]?[]> read;
    private readonly ColumnSchema column;
    private TValue[]?[] arrays = [];

    public ArrayColumn(PropertyInfo property, ColumnSchema column)
    {
        read = RowLoop.Compile<T, TValue[]?>(row => Expression.Property(row, property));
        this.column = column;
    }

    public override void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols)
    {
        var start = target.RowCount;
        if (arrays.Length < count)
        {
            arrays = new TValue[count][];
        }

        read(rows, count, arrays);
        for (var i = 0; i < count; i++)
        {
            if (arrays[i] is { } levels && levels.Length != column.Type.Depth)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"Row {i}: {column.Name} has {levels.Length} levels, and {column.Type} takes exactly {column.Type.Depth}"
                );
            }
        }

        for (var level = 0; level < column.Type.Depth; level++)
        {
            var values = target.Writable<TValue>(level)[start..];
            for (var i = 0; i < count; i++)
            {
                values[i] = arrays[i] is { } levels ? levels[level] : default;
            }
        }

        target.SetRowCount(start + count);
        for (var i = 0; i < count; i++)
        {
            if (arrays[i] is null)
            {
                target.WritableValidity()[start + i] = 0;
            }
            else if (target.MayHaveNulls)
            {
                target.WritableValidity()[start + i] = 1;
            }
        }
    }
}
