using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Makes the plain converter of a type.</summary>
internal static class FieldConverters
{
    /// <summary>One field a row (or one a level of an array), in the forms that Core reads.</summary>
    public static FieldConverter Plain(
        ColumnSchema column,
        int[] fields,
        ISymbolTable symbols,
        LocalClock? clock = null
    )
    {
        var type = column.Type;
        if (type.Kind is TypeKind.Varchar or TypeKind.Interval || (type.IsArray && fields.Length == 1))
        {
            return new TextConverter(column.Name, fields[0], column.Nullable, symbols);
        }

        return type.Kind switch
        {
            TypeKind.Boolean => Of<byte, BooleanParser>(column, fields, default),
            TypeKind.SmallInt => Of<short, SmallIntParser>(column, fields, default),
            TypeKind.Int => Of<int, IntParser>(column, fields, default),
            TypeKind.BigInt => Of<long, BigIntParser>(column, fields, default),
            TypeKind.Real => Of<float, RealParser>(column, fields, default),
            TypeKind.Double => Of<double, DoubleParser>(column, fields, default),
            TypeKind.Decimal => Of<long, DecimalParser>(column, fields, new(type)),
            TypeKind.Timestamp => Of<long, TimestampParser>(column, fields, new(clock ?? LocalClock.Utc, 1)),
            TypeKind.Date => Of<int, DateParser>(column, fields, default),
            TypeKind.Symbol => Of<int, SymbolParser>(column, fields, new(symbols)),
            _ => new TextConverter(column.Name, fields[0], column.Nullable, symbols),
        };
    }

    /// <summary>With a parser of the caller's choice.</summary>
    public static FieldConverter Of<T, TParser>(ColumnSchema column, int[] fields, TParser parser)
        where T : unmanaged
        where TParser : struct, IFieldParser<T> =>
        new FixedConverter<T, TParser>(column.Name, fields, column.Type, column.Nullable, parser);

    /// <summary>The same value in every row, read from a text once.</summary>
    public static FieldConverter Constant(ColumnSchema column, string text, ISymbolTable symbols, BlockPool pool)
    {
        using var vector = ColumnVector.Allocate(column.Type, 1, pool);
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        var status = VectorTextReader.TryAppend(utf8, vector, symbols);
        if (status != TextStatus.Ok || column.Type.IsArray || column.Type.Kind == TypeKind.Varchar)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                status != TextStatus.Ok
                    ? $"The constant of column {column.Name}: {ValueText.Explain(status, utf8, column.Type)}"
                    : $"Column {column.Name}: a constant is possible for scalar types of fixed width, and for SYMBOL"
            );
        }

        return column.Type.ElementBytes switch
        {
            1 => new ConstantConverter<byte>(column.Name, vector.Values<byte>()[0]),
            2 => new ConstantConverter<short>(column.Name, vector.Values<short>()[0]),
            4 when column.Type.Kind == TypeKind.Real => new ConstantConverter<float>(
                column.Name,
                vector.Values<float>()[0]
            ),
            4 => new ConstantConverter<int>(column.Name, vector.Values<int>()[0]),
            8 when column.Type.Kind == TypeKind.Double => new ConstantConverter<double>(
                column.Name,
                vector.Values<double>()[0]
            ),
            8 => new ConstantConverter<long>(column.Name, vector.Values<long>()[0]),
            _ => new ConstantConverter<Interval>(column.Name, vector.Values<Interval>()[0]),
        };
    }
}
