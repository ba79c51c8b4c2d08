using Apache.Arrow;
using Apache.Arrow.Types;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Our types in Arrow and back: BOOLEAN bool, SMALLINT int16, INT int32, BIGINT int64, REAL float, DOUBLE double,
/// DECIMAL decimal128, TIMESTAMP timestamp[ns, UTC], DATE date32, INTERVAL month_day_nano, SYMBOL and VARCHAR utf8
/// (SYMBOL also dictionary), arrays fixed_size_list. The field's metadata <c>tickstore.type</c> holds the SQL type.
/// </summary>
public static class ArrowTypes
{
    /// <summary>Key of the field metadata that holds the SQL type.</summary>
    public const string TypeKey = "tickstore.type";

    /// <summary>The Arrow schema of batches that <see cref="ArrowExport"/> makes.</summary>
    public static Schema ToArrow(BatchSchema schema, bool symbolsAsDictionary = false)
    {
        var fields = new Field[schema.ColumnCount];
        for (var i = 0; i < fields.Length; i++)
        {
            var column = schema[i];
            fields[i] = new Field(
                column.Name,
                ToArrow(column.Type, symbolsAsDictionary),
                column.Nullable,
                [new KeyValuePair<string, string>(TypeKey, column.Type.ToString())]
            );
        }

        return new Schema(fields, []);
    }

    /// <summary>The Arrow type of one of ours.</summary>
    public static IArrowType ToArrow(DataType type, bool symbolsAsDictionary = false)
    {
        IArrowType element = type.Kind switch
        {
            TypeKind.Boolean => BooleanType.Default,
            TypeKind.SmallInt => Int16Type.Default,
            TypeKind.Int => Int32Type.Default,
            TypeKind.BigInt => Int64Type.Default,
            TypeKind.Real => FloatType.Default,
            TypeKind.Double => DoubleType.Default,
            TypeKind.Decimal => new Decimal128Type(type.Precision, type.Scale),
            TypeKind.Timestamp => new TimestampType(TimeUnit.Nanosecond, "UTC"),
            TypeKind.Date => Date32Type.Default,
            TypeKind.Interval => IntervalType.MonthDayNanosecond,
            TypeKind.Symbol when symbolsAsDictionary => new DictionaryType(
                Int32Type.Default,
                StringType.Default,
                false
            ),
            TypeKind.Symbol or TypeKind.Varchar => StringType.Default,
        };
        return type.IsArray ? new FixedSizeListType(new Field("item", element, nullable: false), type.Depth) : element;
    }

    /// <summary>
    /// The type that a field is read as where no table says otherwise: that of its metadata if it fits, else the
    /// nearest one that loses nothing. Throws <see cref="ErrorCode.NotSupported"/> naming the field.
    /// </summary>
    public static DataType FromArrow(Field field)
    {
        var natural = FromArrow(field.DataType, field.Name);
        if (field.HasMetadata && field.Metadata.TryGetValue(TypeKey, out var name))
        {
            var declared = TypeName.Parse(name, $"field {field.Name}");
            if (declared == natural || (declared.IsText && natural.IsText))
            {
                return declared;
            }
        }

        return natural;
    }

    private static DataType FromArrow(IArrowType type, string field) =>
        type switch
        {
            BooleanType => DataType.Boolean,
            Int8Type or UInt8Type or Int16Type => DataType.SmallInt,
            UInt16Type or Int32Type => DataType.Int,
            UInt32Type or Int64Type => DataType.BigInt,
            HalfFloatType or FloatType => DataType.Real,
            DoubleType => DataType.Double,
            Decimal128Type { Precision: <= DataType.DecimalPrecisionMax, Scale: >= 0 } wide => DataType.Decimal(
                wide.Precision,
                wide.Scale
            ),
            TimestampType => DataType.Timestamp,
            Date32Type or Date64Type => DataType.Date,
            IntervalType { Unit: IntervalUnit.MonthDayNanosecond } => DataType.Interval,
            StringType => DataType.Varchar,
            DictionaryType { ValueType: StringType } => DataType.Symbol,
            FixedSizeListType list => FromArrow(list.ValueDataType, field).ArrayOf(list.ListSize),
            _ => Throw.Error<DataType>(
                ErrorCode.NotSupported,
                $"Field {field} has the Arrow type {type.Name}, which has no SQL type here"
            ),
        };
}
