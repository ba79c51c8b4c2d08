using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Arithmetic of DECIMAL, exact in 128 bits and rounded half away from zero where the result's scale is smaller. A result
/// of more than 18 digits is an error.
/// </summary>
internal static class DecimalKernels
{
    /// <summary>
    /// The type of a sum: the larger scale, one digit more than the wider side, at most 18.
    /// </summary>
    public static DataType SumType(DataType left, DataType right)
    {
        var scale = Math.Max(left.Scale, right.Scale);
        var integerDigits = Math.Max(
            TypeRules.DecimalDigits(left) - left.Scale,
            TypeRules.DecimalDigits(right) - right.Scale
        );
        return DataType.Decimal(Math.Min(integerDigits + scale + 1, DataType.DecimalPrecisionMax), scale);
    }

    /// <summary>
    /// The type of a product: both scales and both precisions added. Where that exceeds 18 digits, the scale shrinks to
    /// what the integer digits leave, but not below 6 nor below either side's scale.
    /// </summary>
    public static DataType ProductType(DataType left, DataType right)
    {
        var scale = left.Scale + right.Scale;
        var precision = TypeRules.DecimalDigits(left) + TypeRules.DecimalDigits(right);
        if (precision > DataType.DecimalPrecisionMax)
        {
            var integerDigits = precision - scale;
            scale = Math.Min(scale, Math.Max(DataType.DecimalPrecisionMax - integerDigits, Math.Min(6, scale)));
            scale = Math.Max(scale, Math.Max(left.Scale, right.Scale));
            precision = DataType.DecimalPrecisionMax;
        }

        return DataType.Decimal(precision, scale);
    }

    /// <summary>The type of a quotient: 18 digits, of the larger scale and at least 6.</summary>
    public static DataType QuotientType(DataType left, DataType right) =>
        DataType.Decimal(DataType.DecimalPrecisionMax, Math.Max(6, (int)Math.Max(left.Scale, right.Scale)));

    /// <summary>Adds or subtracts units of one scale.</summary>
    public static ScalarKernel AddSameScale(bool subtract) =>
        (arguments, rowCount, result, context) =>
        {
            var left = arguments[0].Values<long>()[..rowCount];
            var right = arguments[1].Values<long>()[..rowCount];
            var target = result.Writable<long>()[..rowCount];
            // Units have at most 18 digits, so that their sum fits 64 bits, and only the digits need a look.
            _ = subtract
                ? CheckedArithmetic.TrySubtract(left, right, target)
                : CheckedArithmetic.TryAdd(left, right, target);
            if (result.Type.Precision == DataType.DecimalPrecisionMax)
            {
                CheckDigits(arguments, target, result.Type, subtract ? "-" : "+");
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Multiplies units; integers count as units of scale 0.</summary>
    public static ScalarKernel Multiply(int dropDigits) =>
        (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<long>()[..rowCount];
            var right = arguments[1].Values<long>()[..rowCount];
            var target = result.Writable<long>()[..rowCount];
            if (dropDigits == 0)
            {
                if (!CheckedArithmetic.TryMultiply(left, right, target))
                {
                    MultiplyWide(arguments, left, right, target, result.Type, dropDigits);
                }
                else if (result.Type.Precision == DataType.DecimalPrecisionMax)
                {
                    CheckDigits(arguments, target, result.Type, "*");
                }
            }
            else
            {
                MultiplyWide(arguments, left, right, target, result.Type, dropDigits);
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Divides units a by units b after a gained <paramref name="raiseDigits"/> digits (or b, where negative).</summary>
    public static ScalarKernel Divide(int raiseDigits) =>
        (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<long>()[..rowCount];
            var right = arguments[1].Values<long>()[..rowCount];
            var target = result.Writable<long>()[..rowCount];
            var raiseLeft = PowerOfTen(Math.Max(raiseDigits, 0));
            var raiseRight = PowerOfTen(Math.Max(-raiseDigits, 0));
            for (var i = 0; i < target.Length; i++)
            {
                if (Rows.AnyNull(arguments, i))
                {
                    target[i] = 0;
                    continue;
                }

                if (right[i] == 0)
                {
                    IntegerKernels.ThrowDivisionByZero(Show(arguments[0], i), "/");
                }

                if (Int128.Abs(left[i]) > Int128.MaxValue / raiseLeft)
                {
                    ThrowOverflow(arguments, i, result.Type, "/");
                }

                target[i] = Narrow(
                    DivideRounded(left[i] * raiseLeft, right[i] * raiseRight),
                    arguments,
                    i,
                    result.Type,
                    "/"
                );
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>The quotient, rounded half away from zero.</summary>
    public static Int128 DivideRounded(Int128 dividend, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(dividend, divisor);
        var twice = Int128.Abs(remainder) * 2;
        return twice >= Int128.Abs(divisor)
            ? quotient + (Int128.IsNegative(dividend) == Int128.IsNegative(divisor) ? 1 : -1)
            : quotient;
    }

    /// <summary>10 to the power of 0 to 37.</summary>
    public static Int128 PowerOfTen(int exponent) =>
        exponent <= 18
            ? DecimalText.PowerOfTen(exponent)
            : (Int128)DecimalText.PowerOfTen(18) * PowerOfTen(exponent - 18);

    private static void MultiplyWide(
        ReadOnlySpan<ColumnVector> arguments,
        ReadOnlySpan<long> left,
        ReadOnlySpan<long> right,
        Span<long> target,
        DataType type,
        int dropDigits
    )
    {
        var divisor = PowerOfTen(dropDigits);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Rows.AnyNull(arguments, i)
                ? 0
                : Narrow(DivideRounded((Int128)left[i] * right[i], divisor), arguments, i, type, "*");
        }
    }

    private static void CheckDigits(
        ReadOnlySpan<ColumnVector> arguments,
        ReadOnlySpan<long> units,
        DataType type,
        string sign
    )
    {
        var limit = DecimalText.PowerOfTen(type.Precision);
        for (var i = 0; i < units.Length; i++)
        {
            if ((ulong)(units[i] + limit - 1) > (ulong)((limit * 2) - 2) && !Rows.AnyNull(arguments, i))
            {
                ThrowOverflow(arguments, i, type, sign);
            }
        }
    }

    private static long Narrow(Int128 units, ReadOnlySpan<ColumnVector> arguments, int row, DataType type, string sign)
    {
        var limit = DecimalText.PowerOfTen(type.Precision);
        if (units >= limit || units <= -limit)
        {
            ThrowOverflow(arguments, row, type, sign);
        }

        return (long)units;
    }

    private static void ThrowOverflow(ReadOnlySpan<ColumnVector> arguments, int row, DataType type, string sign) =>
        Throw.Overflow($"{Show(arguments[0], row)} {sign} {Show(arguments[1], row)}", type);

    private static string Show(ColumnVector vector, int row)
    {
        Span<byte> text = stackalloc byte[DecimalText.LengthMax];
        var units = vector.Values<long>()[row];
        return System.Text.Encoding.UTF8.GetString(text[..DecimalText.Format(units, vector.Type.Scale, text)]);
    }
}
