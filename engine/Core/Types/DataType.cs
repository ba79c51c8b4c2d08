namespace TickStore.Core;

/// <summary>
/// A SQL type with its parameters. <paramref name="Precision"/> and <paramref name="Scale"/> are those of DECIMAL and
/// 0 elsewhere; <paramref name="Depth"/> is 0 for a scalar and the fixed number of levels for an array such as
/// <c>DOUBLE[10]</c>.
/// </summary>
public readonly record struct DataType(TypeKind Kind, byte Precision, byte Scale, ushort Depth)
{
    /// <summary>The largest precision of DECIMAL: 18 digits fill 64 bits.</summary>
    public const int DecimalPrecisionMax = 18;

    /// <summary>The largest depth of an array.</summary>
    public const int DepthMax = 1000;

    /// <summary>BOOLEAN.</summary>
    public static DataType Boolean => new(TypeKind.Boolean, 0, 0, 0);

    /// <summary>SMALLINT.</summary>
    public static DataType SmallInt => new(TypeKind.SmallInt, 0, 0, 0);

    /// <summary>INT.</summary>
    public static DataType Int => new(TypeKind.Int, 0, 0, 0);

    /// <summary>BIGINT.</summary>
    public static DataType BigInt => new(TypeKind.BigInt, 0, 0, 0);

    /// <summary>REAL.</summary>
    public static DataType Real => new(TypeKind.Real, 0, 0, 0);

    /// <summary>DOUBLE.</summary>
    public static DataType Double => new(TypeKind.Double, 0, 0, 0);

    /// <summary>TIMESTAMP.</summary>
    public static DataType Timestamp => new(TypeKind.Timestamp, 0, 0, 0);

    /// <summary>DATE.</summary>
    public static DataType Date => new(TypeKind.Date, 0, 0, 0);

    /// <summary>INTERVAL.</summary>
    public static DataType Interval => new(TypeKind.Interval, 0, 0, 0);

    /// <summary>SYMBOL.</summary>
    public static DataType Symbol => new(TypeKind.Symbol, 0, 0, 0);

    /// <summary>VARCHAR.</summary>
    public static DataType Varchar => new(TypeKind.Varchar, 0, 0, 0);

    /// <summary>DECIMAL(precision, scale), 1 to 18 digits, scale at most the precision.</summary>
    public static DataType Decimal(int precision, int scale)
    {
        if (precision is < 1 or > DecimalPrecisionMax || scale < 0 || scale > precision)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"DECIMAL({precision},{scale}) is not a type: 1 <= precision <= {DecimalPrecisionMax}, 0 <= scale <= precision"
            );
        }

        return new(TypeKind.Decimal, (byte)precision, (byte)scale, 0);
    }

    /// <summary>A fixed-depth array of this scalar, of fixed width: not of VARCHAR, SYMBOL or INTERVAL.</summary>
    public DataType ArrayOf(int depth)
    {
        if (
            Depth != 0
            || Kind is TypeKind.Varchar or TypeKind.Symbol or TypeKind.Interval
            || depth is < 1 or > DepthMax
        )
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{this}[{depth}] is not a type: arrays hold 1 to {DepthMax} numbers, booleans, dates or time stamps"
            );
        }

        return this with
        {
            Depth = (ushort)depth,
        };
    }

    /// <summary>True for a fixed-depth array.</summary>
    public bool IsArray => Depth != 0;

    /// <summary>The type of one level of an array; the type itself for a scalar.</summary>
    public DataType Element => this with { Depth = 0 };

    /// <summary>True for the integers, REAL, DOUBLE and DECIMAL, as scalars.</summary>
    public bool IsNumeric => Depth == 0 && Kind is >= TypeKind.SmallInt and <= TypeKind.Decimal;

    /// <summary>True for SMALLINT, INT and BIGINT, as scalars.</summary>
    public bool IsInteger => Depth == 0 && Kind is >= TypeKind.SmallInt and <= TypeKind.BigInt;

    /// <summary>True for REAL and DOUBLE, as scalars.</summary>
    public bool IsFloating => Depth == 0 && Kind is TypeKind.Real or TypeKind.Double;

    /// <summary>True for SYMBOL and VARCHAR, as scalars.</summary>
    public bool IsText => Depth == 0 && Kind is TypeKind.Symbol or TypeKind.Varchar;

    /// <summary>How one value (one level of an array) lies in memory.</summary>
    public PhysicalType Physical => (PhysicalType)PhysicalByKind[(int)Kind];

    /// <summary>Bytes of one value (one level of an array); 4 for VARCHAR, whose fixed part is its offsets.</summary>
    public int ElementBytes => BytesByKind[(int)Kind];

    // By kind, from an unused 0 on: asked for each time that rows are copied, so that a table beats a switch.
    private static ReadOnlySpan<byte> PhysicalByKind =>
        [
            0,
            (byte)PhysicalType.Byte,
            (byte)PhysicalType.Int16,
            (byte)PhysicalType.Int32,
            (byte)PhysicalType.Int64,
            (byte)PhysicalType.Float,
            (byte)PhysicalType.Double,
            (byte)PhysicalType.Int64,
            (byte)PhysicalType.Int64,
            (byte)PhysicalType.Int32,
            (byte)PhysicalType.Interval,
            (byte)PhysicalType.Int32,
            (byte)PhysicalType.Utf8,
        ];

    private static ReadOnlySpan<byte> BytesByKind => [0, 1, 2, 4, 8, 4, 8, 8, 8, 4, 16, 4, 4];

    /// <summary>Levels that a row holds: the depth of an array, 1 for a scalar.</summary>
    public int LevelCount => Depth == 0 ? 1 : Depth;

    /// <summary>The type as SQL writes it, such as <c>DECIMAL(18,6)</c> or <c>DOUBLE[10]</c>.</summary>
    public override string ToString()
    {
        var name = Kind == TypeKind.Decimal ? $"DECIMAL({Precision},{Scale})" : Kind.ToString().ToUpperInvariant();
        return Depth == 0 ? name : $"{name}[{Depth}]";
    }

    /// <summary>
    /// Checks a type that was read from disk or wire, whose bytes may be anything.
    /// </summary>
    /// <returns>True where kind, precision, scale and depth go together.</returns>
    public static bool TryCreate(byte kind, byte precision, byte scale, ushort depth, out DataType type)
    {
        type = new((TypeKind)kind, precision, scale, depth);
        if (kind is < (byte)TypeKind.Boolean or > (byte)TypeKind.Varchar || depth > DepthMax)
        {
            return false;
        }

        var isDecimal = type.Kind == TypeKind.Decimal;
        var parametersFit = isDecimal
            ? precision is >= 1 and <= DecimalPrecisionMax && scale <= precision
            : precision == 0 && scale == 0;
        return parametersFit
            && (depth == 0 || type.Kind is not (TypeKind.Varchar or TypeKind.Symbol or TypeKind.Interval));
    }
}
