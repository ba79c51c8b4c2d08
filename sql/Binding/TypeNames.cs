using System.Collections.Frozen;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// Type names as SQL writes them, those of PostgreSQL and DuckDB included, to the types that there are.
/// </summary>
internal static class TypeNames
{
    /// <summary>What DECIMAL without digits means, as in DuckDB.</summary>
    private static readonly DataType PlainDecimal = DataType.Decimal(18, 3);

    private static readonly FrozenDictionary<string, DataType> Names = new Dictionary<string, DataType>
    {
        ["boolean"] = DataType.Boolean,
        ["bool"] = DataType.Boolean,
        ["smallint"] = DataType.SmallInt,
        ["int2"] = DataType.SmallInt,
        ["int"] = DataType.Int,
        ["integer"] = DataType.Int,
        ["int4"] = DataType.Int,
        ["bigint"] = DataType.BigInt,
        ["int8"] = DataType.BigInt,
        ["long"] = DataType.BigInt,
        ["real"] = DataType.Real,
        ["float4"] = DataType.Real,
        ["double"] = DataType.Double,
        ["double precision"] = DataType.Double,
        ["float8"] = DataType.Double,
        ["float"] = DataType.Double,
        ["decimal"] = PlainDecimal,
        ["numeric"] = PlainDecimal,
        ["dec"] = PlainDecimal,
        ["timestamp"] = DataType.Timestamp,
        ["timestamptz"] = DataType.Timestamp,
        ["timestamp_ns"] = DataType.Timestamp,
        ["timestamp with time zone"] = DataType.Timestamp,
        ["timestamp without time zone"] = DataType.Timestamp,
        ["date"] = DataType.Date,
        ["interval"] = DataType.Interval,
        ["symbol"] = DataType.Symbol,
        ["varchar"] = DataType.Varchar,
        ["text"] = DataType.Varchar,
        ["string"] = DataType.Varchar,
        ["character varying"] = DataType.Varchar,
    }.ToFrozenDictionary();

    /// <summary>The type, or an error that points at its name.</summary>
    public static DataType Resolve(string sql, TypeName name)
    {
        if (!Names.TryGetValue(name.Name, out var type))
        {
            SqlError.Throw(
                ErrorCode.UnknownName,
                sql,
                name.Span,
                $"there is no type \"{name.Name}\"{NearestName.Hint(name.Name, Names.Keys)}"
            );
        }

        try
        {
            type = Parameterize(sql, name, type);
            return name.ArrayLengths.Count switch
            {
                0 => type,
                1 when name.ArrayLengths[0] is { } depth => type.ArrayOf(depth),
                1 => throw SqlError.At(
                    ErrorCode.InvalidArgument,
                    sql,
                    name.Span,
                    $"an array type needs its number of levels, such as {type}[10]"
                ),
                _ => throw SqlError.At(ErrorCode.NotSupported, sql, name.Span, "arrays of arrays are not available"),
            };
        }
        catch (TickStoreException error) when (error.SqlPosition < 0)
        {
            throw SqlError.At(error.Code, sql, name.Span, error.Message);
        }
    }

    private static DataType Parameterize(string sql, TypeName name, DataType type)
    {
        var arguments = name.Arguments;
        if (type.Kind == TypeKind.Decimal && arguments.Count is 1 or 2)
        {
            return DataType.Decimal(arguments[0], arguments.Count == 2 ? arguments[1] : 0);
        }

        // The precision of a time stamp and the length of a text are accepted and change nothing: both hold whatever
        // fits.
        return arguments.Count == 0 || (type.Kind is TypeKind.Timestamp or TypeKind.Varchar && arguments.Count == 1)
            ? type
            : throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                name.Span,
                $"type {name.Name} does not take these numbers in parentheses"
            );
    }
}
