using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>
/// Constants moved to a narrower type where nothing is lost, so that a column is compared in its own type instead of
/// being cast row by row.
/// </summary>
internal static class ConstantConversion
{
    /// <summary>The same value in another type, or null where that type cannot hold it exactly.</summary>
    public static ConstantValue? Exactly(ConstantValue value, DataType type)
    {
        if (value.Type == type)
            return value;
        if (value.IsNull || type.IsArray || value.Type.IsArray)
            return null;
        var isExactSource = value.Type.IsInteger || value.Type.Kind == TypeKind.Decimal;
        switch (type.Kind)
        {
            case TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt or TypeKind.Decimal when isExactSource:
                if (
                    !DecimalText.TryRescale(
                        value.Integer,
                        value.Type.Scale,
                        type.Scale,
                        DataType.DecimalPrecisionMax,
                        out var units
                    ) || !Returns(units, type.Scale, value)
                )
                {
                    return null;
                }

                var (low, high) = type.Kind switch
                {
                    TypeKind.SmallInt => (short.MinValue, short.MaxValue),
                    TypeKind.Int => (int.MinValue, int.MaxValue),
                    TypeKind.BigInt => (long.MinValue, long.MaxValue),
                    _ => (-DecimalText.PowerOfTen(type.Precision) + 1, DecimalText.PowerOfTen(type.Precision) - 1),
                };
                return units >= low && units <= high ? ConstantValue.Of(type, units) : null;
            case TypeKind.Double when value.Type.IsInteger && value.Integer is >= -(1L << 53) and <= 1L << 53:
                return ConstantValue.Of(type, (double)value.Integer);
            case TypeKind.Double when value.Type.Kind == TypeKind.Real:
                return ConstantValue.Of(type, value.Real);
            case TypeKind.Real when value.Type.IsFloating && (double)(float)value.Real == value.Real:
                return ConstantValue.Of(type, value.Real);
            default:
                return null;
        }
    }

    /// <summary>
    /// True where the cast keeps the order and distinctness of all values of the type it is applied to.
    /// </summary>
    public static bool IsLossless(DataType from, DataType to)
    {
        if (from.IsArray || to.IsArray)
            return false;
        if (from == DataType.Real && to == DataType.Double)
            return true;
        var isExact =
            (from.IsInteger || from.Kind == TypeKind.Decimal) && (to.IsInteger || to.Kind == TypeKind.Decimal);
        return isExact && TypeRules.CanCastImplicitly(from, to);
    }

    private static bool Returns(long units, int scale, ConstantValue original) =>
        DecimalText.TryRescale(units, scale, original.Type.Scale, DataType.DecimalPrecisionMax, out var back)
        && back == original.Integer;
}
