namespace TickStore.Core;

/// <summary>A comparison that a scan can do by itself.</summary>
public enum ScanOperator : byte
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>Not equal.</summary>
    NotEqual,

    /// <summary>Less than.</summary>
    Less,

    /// <summary>Less than or equal.</summary>
    LessOrEqual,

    /// <summary>Greater than.</summary>
    Greater,

    /// <summary>Greater than or equal.</summary>
    GreaterOrEqual,

    /// <summary>Equal to one of a set of integers.</summary>
    In,

    /// <summary>Is NULL.</summary>
    IsNull,

    /// <summary>Is not NULL.</summary>
    IsNotNull,
}

/// <summary>
/// One comparison of a scalar column with a constant of the column's own type. NULL never matches but under
/// <see cref="ScanOperator.IsNull"/>. For REAL and DOUBLE, NaN equals NaN and is greater than every number, and -0
/// equals 0, as in SQL's order.
/// </summary>
public sealed class ScanPredicate
{
    /// <summary>Index of the column in <see cref="TableSchema.AllColumns"/>.</summary>
    public required int Column { get; init; }

    /// <summary>The comparison.</summary>
    public required ScanOperator Operator { get; init; }

    /// <summary>The constant of a column of integers, DECIMAL units, nanoseconds, days, SYMBOL ids or booleans.</summary>
    public long Integer { get; init; }

    /// <summary>The constant of a REAL or DOUBLE column.</summary>
    public double Real { get; init; }

    /// <summary>The constant of a VARCHAR column (UTF-8; compared byte by byte).</summary>
    public ReadOnlyMemory<byte> Utf8 { get; init; }

    /// <summary>The ascending constants of <see cref="ScanOperator.In"/>, for columns that hold integers.</summary>
    public ReadOnlyMemory<long> Set { get; init; }
}
