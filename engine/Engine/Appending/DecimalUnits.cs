using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>.NET's decimal as units of a DECIMAL(p, s): exactly, or an error; a digit beyond the scale is never dropped.</summary>
internal static class DecimalUnits
{
    public static readonly MethodInfo ToUnitsMethod = typeof(DecimalUnits).GetMethod(nameof(ToUnits))!;

    public static long ToUnits(decimal value, DataType type)
    {
        // Nearly every price: at most the scale's digits, and 63 bits of them. What remains is rare, or an error to tell.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var missingDigits = type.Scale - ((bits[3] >> 16) & 0xFF);
        if (bits[2] == 0 && bits[1] >= 0 && (uint)missingDigits <= (uint)type.Precision)
        {
            var digits = ((long)bits[1] << 32) | (uint)bits[0];
            if (digits < DecimalText.PowerOfTen(type.Precision - missingDigits))
            {
                digits *= DecimalText.PowerOfTen(missingDigits);
                return bits[3] < 0 ? -digits : digits;
            }
        }

        var limit = DecimalText.PowerOfTen(type.Precision);
        var power = (decimal)DecimalText.PowerOfTen(type.Scale);
        if (Math.Abs(value) >= limit / power)
        {
            Throw.Overflow(value.ToString(), type);
        }

        var units = value * power;
        if (units != decimal.Truncate(units))
        {
            Throw.Error(
                ErrorCode.NumericOverflow,
                $"{value} has more than the {type.Scale} fraction digits of {type}; round it first"
            );
        }

        return (long)units;
    }
}
