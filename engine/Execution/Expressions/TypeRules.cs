using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which types turn into which: the lattice behind implicit casts, and the list of casts that exist at all.
/// SMALLINT, INT, BIGINT, DECIMAL, REAL and DOUBLE widen in that order; DATE widens to TIMESTAMP, SYMBOL to VARCHAR.
/// </summary>
public static class TypeRules
{
    /// <summary>
    /// The type that both sides are cast to before they are compared or put into one column, or null where there is
    /// none. Integers and DECIMAL give a DECIMAL of the larger scale with up to 18 digits; REAL and anything but REAL give
    /// DOUBLE.
    /// </summary>
    public static DataType? CommonType(DataType left, DataType right)
    {
        if (left == right)
        {
            return left;
        }

        if (left.IsNumeric && right.IsNumeric)
        {
            return CommonNumber(left, right);
        }

        if (left.IsText && right.IsText)
        {
            return DataType.Varchar;
        }

        var kinds = (left.Kind, right.Kind);
        return
            left.Depth == 0
            && right.Depth == 0
            && kinds is (TypeKind.Date, TypeKind.Timestamp) or (TypeKind.Timestamp, TypeKind.Date)
            ? DataType.Timestamp
            : null;
    }

    /// <summary>
    /// The common type of several arguments, of which null stands for an untyped one; VARCHAR where all are untyped, and
    /// null where two of them have none.
    /// </summary>
    public static DataType? CommonType(IReadOnlyList<DataType?> types)
    {
        DataType? common = null;
        foreach (var type in types)
        {
            if (type is null)
            {
                continue;
            }

            common = common is null ? type : CommonType(common.Value, type.Value);
            if (common is null)
            {
                return null;
            }
        }

        return common ?? DataType.Varchar;
    }

    /// <summary>True where a value goes over to a wider type without being asked to: in calls and comparisons.</summary>
    public static bool CanCastImplicitly(DataType from, DataType to) =>
        from == to
        || (
            from.Depth == 0
            && to.Depth == 0
            && (from.Kind, to.Kind) switch
            {
                (TypeKind.Decimal, TypeKind.Decimal) => to.Scale >= from.Scale
                    && to.Precision - to.Scale >= from.Precision - from.Scale,
                (TypeKind.Date, TypeKind.Timestamp) or (TypeKind.Symbol, TypeKind.Varchar) => true,
                _ => from.IsNumeric && to.IsNumeric && Rank(from) < Rank(to),
            }
        );

    /// <summary>
    /// True where a value goes into a column of that type without a written cast, as in INSERT: every implicit cast, and
    /// between all numbers, from VARCHAR to everything, and from TIMESTAMP to DATE.
    /// </summary>
    public static bool CanAssign(DataType from, DataType to) =>
        CanCastImplicitly(from, to)
        || (from.IsNumeric && to.IsNumeric)
        || (from.Kind == TypeKind.Varchar && CanCast(from, to))
        || (from == DataType.Timestamp && to == DataType.Date);

    /// <summary>True where a written cast exists; values may still fail it.</summary>
    public static bool CanCast(DataType from, DataType to) => CastKernels.Find(from, to) is not null;

    /// <summary>Digits that the integer types need as DECIMAL, and the precision of DECIMAL itself.</summary>
    public static int DecimalDigits(DataType type) =>
        type.Kind switch
        {
            TypeKind.SmallInt => 5,
            TypeKind.Int => 10,
            TypeKind.Decimal => type.Precision,
            _ => 19,
        };

    private static DataType CommonNumber(DataType left, DataType right)
    {
        if (left.IsFloating || right.IsFloating)
        {
            return DataType.Double;
        }

        if (left.IsInteger && right.IsInteger)
        {
            return Rank(left) > Rank(right) ? left : right;
        }

        var scale = Math.Max(left.Scale, right.Scale);
        var integerDigits = Math.Max(DecimalDigits(left) - left.Scale, DecimalDigits(right) - right.Scale);
        return DataType.Decimal(Math.Clamp(integerDigits + scale, 1, DataType.DecimalPrecisionMax), scale);
    }

    private static int Rank(DataType type) =>
        (int)type.Kind switch
        {
            (int)TypeKind.Decimal => (int)TypeKind.BigInt * 2,
            var kind when kind <= (int)TypeKind.BigInt => kind,
            var kind => kind * 2,
        };
}
