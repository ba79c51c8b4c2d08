using TickStore.Core;

namespace TickStore.Execution;

/// <summary>How a number loses digits.</summary>
internal enum RoundingRule
{
    /// <summary>To the nearest, and from the middle away from zero.</summary>
    HalfAwayFromZero,

    /// <summary>Towards zero.</summary>
    Truncate,

    /// <summary>Towards minus infinity.</summary>
    Floor,

    /// <summary>Towards infinity.</summary>
    Ceiling,
}

/// <summary>Functions of one DECIMAL that keep its scale, and rounding at a digit.</summary>
internal static class DecimalRounding
{
    /// <summary>Rounds to whole numbers; the result keeps the scale.</summary>
    public static ScalarKernel ToWhole(RoundingRule rule) =>
        (arguments, rowCount, result, _) =>
        {
            var units = arguments[0].Values<long>()[..rowCount];
            var target = result.Writable<long>()[..rowCount];
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = arguments[0].IsNull(i) ? 0 : Round(units[i], result.Type, 0, rule);
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Rounds to the number of digits after the point that the second argument says; it may be negative.</summary>
    public static ScalarKernel ToDigits(RoundingRule rule) =>
        (arguments, rowCount, result, _) =>
        {
            var units = arguments[0].Values<long>()[..rowCount];
            var digits = arguments[1].Values<int>()[..rowCount];
            var target = result.Writable<long>()[..rowCount];
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = Rows.AnyNull(arguments, i) ? 0 : Round(units[i], result.Type, digits[i], rule);
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Rounds integers at a digit left of the point.</summary>
    public readonly struct RoundInteger : IMap<long, int, long>
    {
        public static long Invoke(long value, int digits) =>
            Round(value, DataType.BigInt, digits, RoundingRule.HalfAwayFromZero);
    }

    /// <summary>Cuts integers off at a digit left of the point.</summary>
    public readonly struct TruncateInteger : IMap<long, int, long>
    {
        public static long Invoke(long value, int digits) =>
            Round(value, DataType.BigInt, digits, RoundingRule.Truncate);
    }

    /// <summary>The sign, -1, 0 or 1, as units of the result's scale.</summary>
    public static void Sign(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var units = arguments[0].Values<long>();
        var target = result.Writable<short>();
        for (var i = 0; i < rowCount; i++)
        {
            target[i] = (short)Math.Sign(units[i]);
        }

        result.SetRowCount(rowCount);
    }

    private static long Round(long units, DataType type, int digits, RoundingRule rule)
    {
        var dropDigits = type.Scale - (long)digits;
        if (dropDigits <= 0)
        {
            return units;
        }

        // From 20 digits on nothing is left of a 64-bit number, whatever the rule.
        var power = DecimalKernels.PowerOfTen((int)Math.Min(dropDigits, 20));
        Int128 wide = units;
        var remainder = wide % power;
        var cut = wide - remainder;
        var rounded = rule switch
        {
            RoundingRule.HalfAwayFromZero => Int128.Abs(remainder) * 2 >= power
                ? cut + (power * Int128.Sign(wide))
                : cut,
            RoundingRule.Truncate => cut,
            RoundingRule.Floor => remainder < 0 ? cut - power : cut,
            RoundingRule.Ceiling => remainder > 0 ? cut + power : cut,
        };
        var fits =
            type.Kind == TypeKind.Decimal
                ? Int128.Abs(rounded) < DecimalKernels.PowerOfTen(type.Precision)
                : rounded == (long)rounded;
        if (!fits)
        {
            Throw.Overflow($"{units}e-{type.Scale} rounded to {digits} digits", type);
        }

        return (long)rounded;
    }
}
