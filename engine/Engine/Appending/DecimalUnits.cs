using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>.NET's decimal as units of a DECIMAL(p, s): exactly, or an error; a digit beyond the scale is never dropped.</summary>
internal static class DecimalUnits
{
    public static readonly MethodInfo ToUnitsMethod = typeof(DecimalUnits).GetMethod(nameof(ToUnits))!;

    public static long ToUnits(decimal value, DataType type)
    {
        var limit = DecimalText.PowerOfTen(type.Precision);
        var power = (decimal)DecimalText.PowerOfTen(type.Scale);
        if (Math.Abs(value) >= limit / power)
        {
            Throw.Overflow(value.ToString(), type);
        }

        var units = value * power;
        if (units != decimal.Truncate(units))
        {
            Throw.Error(ErrorCode.NumericOverflow, $"{value} has more than the {type.Scale} fraction digits of {type}; round it first");
        }

        return (long)units;
    }
}
