using System.Linq.Expressions;
using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>A fixed-width column: a compiled loop copies the property of each row, and its nullness where it has one.</summary>
internal sealed class FixedColumn<T, TValue> : ColumnMapping<T>
    where TValue : unmanaged
{
    private readonly Action<T[], int, TValue[]> readValues;
    private readonly Action<T[], int, byte[]>? readValidity;
    private TValue[] values = [];
    private byte[] validity = [];

    public FixedColumn(PropertyInfo property, Func<Expression, Expression> convert)
    {
        var isNullable = Nullable.GetUnderlyingType(property.PropertyType) is not null;
        readValues = RowLoop.Compile<T, TValue>(row =>
        {
            Expression value = Expression.Property(row, property);
            return convert(isNullable ? Expression.Call(value, "GetValueOrDefault", null) : value);
        });
        if (isNullable)
        {
            readValidity = RowLoop.Compile<T, byte>(row =>
                RowLoop.Flag(Expression.Property(Expression.Property(row, property), "HasValue"))
            );
        }
    }

    public override void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols)
    {
        var start = target.RowCount;
        if (values.Length < count)
        {
            values = new TValue[count];
            validity = new byte[count];
        }

        readValues(rows, count, values);
        values.AsSpan(0, count).CopyTo(target.Writable<TValue>()[start..]);
        target.SetRowCount(start + count);
        if (readValidity is null)
        {
            if (target.MayHaveNulls)
            {
                target.WritableValidity().Slice(start, count).Fill(1);
            }

            return;
        }

        readValidity(rows, count, validity);
        if (target.MayHaveNulls || validity.AsSpan(0, count).Contains((byte)0))
        {
            validity.AsSpan(0, count).CopyTo(target.WritableValidity()[start..]);
        }
    }
}
