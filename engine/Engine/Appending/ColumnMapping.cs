using System.Linq.Expressions;
using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>Fills one column from rows of <typeparamref name="T"/>: one call a column and batch, none a row.</summary>
internal abstract class ColumnMapping<T>
{
    public abstract void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols);

    /// <summary>The mapping for a property and a column, or an error that names both and says what is allowed.</summary>
    public static ColumnMapping<T> Create(PropertyInfo property, ColumnSchema column, string table)
    {
        var type = property.PropertyType;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        ColumnMapping<T>? mapping = (column.Type.IsArray, column.Type.Physical) switch
        {
            (true, PhysicalType.Double) when type == typeof(double[]) => new ArrayColumn<T, double>(property, column),
            (true, PhysicalType.Float) when type == typeof(float[]) => new ArrayColumn<T, float>(property, column),
            (true, PhysicalType.Int64) when type == typeof(long[]) => new ArrayColumn<T, long>(property, column),
            (true, PhysicalType.Int32) when type == typeof(int[]) => new ArrayColumn<T, int>(property, column),
            (true, PhysicalType.Int16) when type == typeof(short[]) => new ArrayColumn<T, short>(property, column),
            (true, _) => null,
            (_, PhysicalType.Byte) when plain == typeof(bool) => Fixed<byte>(property, RowLoop.Flag),
            (_, PhysicalType.Int16) when plain == typeof(short) => Fixed<short>(property),
            (_, PhysicalType.Int32) when plain == typeof(int) && column.Type.Kind != TypeKind.Symbol => Fixed<int>(
                property
            ),
            (_, PhysicalType.Float) when plain == typeof(float) => Fixed<float>(property),
            (_, PhysicalType.Double) when plain == typeof(double) => Fixed<double>(property),
            (_, PhysicalType.Interval) when plain == typeof(Interval) => Fixed<Interval>(property),
            (_, PhysicalType.Int64) when plain == typeof(TickTime) && column.Type.Kind == TypeKind.Timestamp =>
                Fixed<long>(property, v => Expression.Property(v, nameof(TickTime.NanosSinceEpoch))),
            (_, PhysicalType.Int64) when plain == typeof(long) && column.Type.Kind != TypeKind.Decimal => Fixed<long>(
                property
            ),
            (_, PhysicalType.Int64) when plain == typeof(decimal) && column.Type.Kind == TypeKind.Decimal =>
                Fixed<long>(
                    property,
                    v => Expression.Call(DecimalUnits.ToUnitsMethod, v, Expression.Constant(column.Type))
                ),
            (_, PhysicalType.Int32) when type == typeof(string) => new SymbolColumn<T>(property),
            (_, PhysicalType.Utf8) when type == typeof(string) => new TextColumn<T>(property),
            _ => null,
        };
        return mapping
            ?? Throw.Error<ColumnMapping<T>>(
                ErrorCode.SchemaMismatch,
                $"{typeof(T).Name}.{property.Name} is {type.Name} and column {column.Name} of table {table} is {column.Type}, "
                    + $"which takes {Wanted(column.Type)}"
            );
    }

    private static string Wanted(DataType type) =>
        type switch
        {
            { IsArray: true } => $"an array of {type.Element}'s .NET type with {type.Depth} values",
            { Kind: TypeKind.Timestamp } =>
                "TickTime, or long for nanoseconds since 1970 (DateTime counts in 100 ns and is refused)",
            { Kind: TypeKind.Decimal } => "decimal",
            { Kind: TypeKind.Symbol or TypeKind.Varchar } => "string",
            { Kind: TypeKind.Date } => "int, for days since 1970-01-01",
            { Kind: TypeKind.Interval } => "TickStore.Core.Interval",
            { Kind: TypeKind.Boolean } => "bool",
            { Kind: TypeKind.SmallInt } => "short",
            { Kind: TypeKind.Int } => "int",
            { Kind: TypeKind.BigInt } => "long",
            { Kind: TypeKind.Real } => "float",
            _ => "double",
        };

    private static FixedColumn<T, TValue> Fixed<TValue>(
        PropertyInfo property,
        Func<Expression, Expression>? convert = null
    )
        where TValue : unmanaged => new(property, convert ?? (v => v));
}
