using System.Globalization;
using System.Text;
using ParquetSharp;
using ParquetSharp.Schema;
using TickStore.Core;
using PhysicalType = ParquetSharp.PhysicalType;

namespace TickStore.Formats;

/// <summary>
/// Our types in Parquet: BOOLEAN boolean, SMALLINT and INT int32 with their widths, BIGINT int64, REAL float, DOUBLE
/// double, DECIMAL int64 decimal, TIMESTAMP int64 timestamp(ns, UTC), DATE int32 date, SYMBOL and VARCHAR utf8
/// (dictionary encoded as far as it pays), INTERVAL utf8 text (Parquet's own interval ends at milliseconds). An array
/// of depth n is n columns <c>name_1</c> to <c>name_n</c>, which every reader of Parquet understands. The file's
/// metadata <c>tickstore.schema</c> holds the SQL columns, a line each: name, type, NULL or NOT NULL, with tabs
/// between.
/// </summary>
internal static class ParquetTypes
{
    public const string SchemaKey = "tickstore.schema";

    /// <summary>The names of the Parquet columns of one of ours.</summary>
    public static string LevelName(ColumnSchema column, int level) =>
        column.Type.IsArray ? string.Create(CultureInfo.InvariantCulture, $"{column.Name}_{level + 1}") : column.Name;

    public static GroupNode ToParquet(BatchSchema schema)
    {
        var nodes = new List<Node>();
        foreach (var column in schema.Columns)
        {
            for (var level = 0; level < column.Type.LevelCount; level++)
            {
                var (physical, logical) = ToParquet(column.Type);
                using (logical)
                {
                    nodes.Add(new PrimitiveNode(LevelName(column, level), Repetition.Optional, logical, physical));
                }
            }
        }

        return new GroupNode("schema", Repetition.Required, nodes);
    }

    public static string Describe(BatchSchema schema)
    {
        var builder = new StringBuilder();
        foreach (var column in schema.Columns)
        {
            builder
                .Append(column.Name.Replace('\t', ' ').Replace('\n', ' '))
                .Append('\t')
                .Append(column.Type)
                .Append(column.Nullable ? "\tNULL\n" : "\tNOT NULL\n");
        }

        return builder.ToString();
    }

    /// <summary>The columns that a file's metadata tells of, or else those of its own schema.</summary>
    public static ColumnSchema[] FromParquet(FileMetaData metadata, string path)
    {
        if (metadata.KeyValueMetadata is { } pairs && pairs.TryGetValue(SchemaKey, out var described))
        {
            var told = described
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split('\t'))
                .Where(p => p.Length == 3)
                .Select(p => new ColumnSchema(p[0], TypeName.Parse(p[1], path), p[2] == "NULL"))
                .ToArray();
            if (told.Sum(c => c.Type.LevelCount) == metadata.NumColumns)
            {
                return told;
            }
        }

        var columns = new ColumnSchema[metadata.NumColumns];
        for (var i = 0; i < columns.Length; i++)
        {
            var column = metadata.Schema.Column(i);
            columns[i] = new ColumnSchema(column.Name, FromParquet(column, path), column.MaxDefinitionLevel > 0);
        }

        return columns;
    }

    private static (PhysicalType Physical, LogicalType Logical) ToParquet(DataType type) =>
        type.Kind switch
        {
            TypeKind.Boolean => (PhysicalType.Boolean, LogicalType.None()),
            TypeKind.SmallInt => (PhysicalType.Int32, LogicalType.Int(16, true)),
            TypeKind.Int => (PhysicalType.Int32, LogicalType.Int(32, true)),
            TypeKind.BigInt => (PhysicalType.Int64, LogicalType.Int(64, true)),
            TypeKind.Real => (PhysicalType.Float, LogicalType.None()),
            TypeKind.Double => (PhysicalType.Double, LogicalType.None()),
            TypeKind.Decimal => (PhysicalType.Int64, LogicalType.Decimal(type.Precision, type.Scale)),
            TypeKind.Timestamp => (PhysicalType.Int64, LogicalType.Timestamp(true, ParquetSharp.TimeUnit.Nanos)),
            TypeKind.Date => (PhysicalType.Int32, LogicalType.Date()),
            TypeKind.Interval or TypeKind.Symbol or TypeKind.Varchar => (PhysicalType.ByteArray, LogicalType.String()),
        };

    private static DataType FromParquet(ColumnDescriptor column, string path)
    {
        using var logical = column.LogicalType;
        return (column.PhysicalType, logical.Type) switch
        {
            (PhysicalType.Boolean, _) => DataType.Boolean,
            (PhysicalType.Int32, LogicalTypeEnum.Date) => DataType.Date,
            (PhysicalType.Int64, LogicalTypeEnum.Timestamp) => DataType.Timestamp,
            (PhysicalType.Int32 or PhysicalType.Int64, LogicalTypeEnum.Decimal)
                when column.TypePrecision <= DataType.DecimalPrecisionMax => DataType.Decimal(
                column.TypePrecision,
                column.TypeScale
            ),
            (PhysicalType.Int32, LogicalTypeEnum.Int)
                when logical is IntLogicalType { BitWidth: <= 16, IsSigned: true } => DataType.SmallInt,
            (PhysicalType.Int32, LogicalTypeEnum.Int)
                when logical is IntLogicalType { BitWidth: 32, IsSigned: false } => DataType.BigInt,
            (PhysicalType.Int32, LogicalTypeEnum.Int or LogicalTypeEnum.None or LogicalTypeEnum.Nil) => DataType.Int,
            (PhysicalType.Int64, LogicalTypeEnum.Int or LogicalTypeEnum.None or LogicalTypeEnum.Nil) => DataType.BigInt,
            (PhysicalType.Float, _) => DataType.Real,
            (PhysicalType.Double, _) => DataType.Double,
            (
                PhysicalType.ByteArray,
                LogicalTypeEnum.String
                    or LogicalTypeEnum.None
                    or LogicalTypeEnum.Enum
                    or LogicalTypeEnum.Json
            ) => DataType.Varchar,
            _ => Throw.Error<DataType>(
                ErrorCode.NotSupported,
                $"{path}: column {column.Name} is {column.PhysicalType} {logical.Type}, which has no SQL type here"
            ),
        };
    }
}
