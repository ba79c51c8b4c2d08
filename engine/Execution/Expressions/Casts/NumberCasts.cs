using System.Globalization;
using System.Numerics;
using System.Text;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Casts between numbers, and between integers and BOOLEAN.</summary>
internal static class NumberCasts
{
    /// <summary>The kernel for two different numeric scalar types.</summary>
    public static ScalarKernel Find(DataType from, DataType to) =>
        from.Kind switch
        {
            TypeKind.SmallInt => FromInteger<short>(to),
            TypeKind.Int => FromInteger<int>(to),
            TypeKind.BigInt => FromInteger<long>(to),
            TypeKind.Real => FromReal<float>(to),
            TypeKind.Double => FromReal<double>(to),
            _ => FromDecimal(from.Scale, to),
        };

    /// <summary>BOOLEAN to 0 or 1.</summary>
    public static ScalarKernel FromBoolean(DataType to) =>
        to.Kind switch
        {
            TypeKind.SmallInt => Rows.Map<Widen<byte, short>, byte, short>,
            TypeKind.Int => Rows.Map<Widen<byte, int>, byte, int>,
            _ => Rows.Map<Widen<byte, long>, byte, long>,
        };

    /// <summary>Integers to BOOLEAN: false where 0.</summary>
    public static ScalarKernel ToBoolean(DataType from) =>
        from.Kind switch
        {
            TypeKind.SmallInt => Rows.Map<IsNotZero<short>, short, byte>,
            TypeKind.Int => Rows.Map<IsNotZero<int>, int, byte>,
            _ => Rows.Map<IsNotZero<long>, long, byte>,
        };

    /// <summary>
    /// Units of 10^-scale as DOUBLE, correctly rounded: the units and the power of ten are exact, so that one division
    /// rounds once; more than 53 bits of units take the long way.
    /// </summary>
    public static double ToDouble(long units, int scale, double power) =>
        Math.Abs(units) <= 1L << 53 && units != long.MinValue
            ? units / power
            : ExactRatio.Divide(units, (Int128)DecimalText.PowerOfTen(scale));

    private static ScalarKernel FromInteger<T>(DataType to)
        where T : unmanaged, IBinaryInteger<T> =>
        to.Kind switch
        {
            TypeKind.SmallInt => ToInteger<T, short>(),
            TypeKind.Int => ToInteger<T, int>(),
            TypeKind.BigInt => Rows.Map<Widen<T, long>, T, long>,
            TypeKind.Real => Rows.Map<Widen<T, float>, T, float>,
            TypeKind.Double => Rows.Map<Widen<T, double>, T, double>,
            _ => IntegerToDecimal<T>(to),
        };

    private static ScalarKernel ToInteger<T, TResult>()
        where T : unmanaged, IBinaryInteger<T>
        where TResult : unmanaged, IBinaryInteger<TResult> =>
        (arguments, rowCount, result, _) =>
        {
            var values = arguments[0].Values<T>();
            var target = result.Writable<TResult>();
            for (var i = 0; i < rowCount; i++)
            {
                target[i] = TResult.CreateTruncating(values[i]);
                if (T.CreateTruncating(target[i]) != values[i] && !arguments[0].IsNull(i))
                {
                    Throw.Overflow(values[i].ToString()!, result.Type);
                }
            }

            result.SetRowCount(rowCount);
        };

    private static ScalarKernel IntegerToDecimal<T>(DataType to)
        where T : unmanaged, IBinaryInteger<T>
    {
        var power = DecimalText.PowerOfTen(to.Scale);
        var limit = DecimalText.PowerOfTen(to.Precision - to.Scale);
        return (arguments, rowCount, result, _) =>
        {
            var values = arguments[0].Values<T>();
            var target = result.Writable<long>();
            for (var i = 0; i < rowCount; i++)
            {
                var value = long.CreateTruncating(values[i]);
                target[i] = unchecked(value * power);
                if ((value >= limit || value <= -limit) && !arguments[0].IsNull(i))
                {
                    Throw.Overflow(values[i].ToString()!, result.Type);
                }
            }

            result.SetRowCount(rowCount);
        };
    }

    private static ScalarKernel FromReal<T>(DataType to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        to.Kind switch
        {
            TypeKind.SmallInt => RealToInteger<T, short>(short.MinValue, -(double)short.MinValue),
            TypeKind.Int => RealToInteger<T, int>(int.MinValue, -(double)int.MinValue),
            TypeKind.BigInt => RealToInteger<T, long>(long.MinValue, -(double)long.MinValue),
            TypeKind.Real => DoubleToReal,
            TypeKind.Double => Rows.Map<Widen<T, double>, T, double>,
            _ => RealToDecimal<T>(to),
        };

    private static ScalarKernel RealToInteger<T, TResult>(double minimum, double limit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TResult : unmanaged, IBinaryInteger<TResult> =>
        (arguments, rowCount, result, _) =>
        {
            var values = arguments[0].Values<T>();
            var target = result.Writable<TResult>();
            for (var i = 0; i < rowCount; i++)
            {
                var rounded = Math.Round(double.CreateTruncating(values[i]));
                if (rounded >= minimum && rounded < limit)
                {
                    target[i] = TResult.CreateTruncating((long)rounded);
                }
                else if (arguments[0].IsNull(i))
                {
                    target[i] = default;
                }
                else
                {
                    Throw.Overflow(values[i].ToString("R", CultureInfo.InvariantCulture), result.Type);
                }
            }

            result.SetRowCount(rowCount);
        };

    private static void DoubleToReal(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var values = arguments[0].Values<double>();
        var target = result.Writable<float>();
        for (var i = 0; i < rowCount; i++)
        {
            target[i] = (float)values[i];
            if (float.IsInfinity(target[i]) && double.IsFinite(values[i]) && !arguments[0].IsNull(i))
            {
                Throw.Overflow(values[i].ToString("R", CultureInfo.InvariantCulture), result.Type);
            }
        }

        result.SetRowCount(rowCount);
    }

    // A DOUBLE becomes the decimal that it is written as (shortest round-trip form), rounded half away from zero. Where
    // some decimal of the scale has this DOUBLE as its nearest, that is it, and no text is needed.
    private static ScalarKernel RealToDecimal<T>(DataType to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var power = (double)DecimalText.PowerOfTen(to.Scale);
        return (arguments, rowCount, result, _) =>
        {
            var values = arguments[0].Values<T>();
            var target = result.Writable<long>();
            Span<byte> text = stackalloc byte[NumberText.LengthMax];
            for (var i = 0; i < rowCount; i++)
            {
                if (arguments[0].IsNull(i))
                {
                    target[i] = 0;
                    continue;
                }

                var units = Math.Round(double.CreateTruncating(values[i]) * power);
                if (
                    Math.Abs(units) <= 1L << 53
                    && units < DecimalText.PowerOfTen(to.Precision)
                    && units > -DecimalText.PowerOfTen(to.Precision)
                    && T.CreateTruncating(units / power) == values[i]
                )
                {
                    target[i] = (long)units;
                    continue;
                }

                if (!T.IsFinite(values[i]))
                {
                    Throw.Overflow(values[i].ToString("R", CultureInfo.InvariantCulture), to);
                }

                values[i].TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
                if (DecimalText.TryParse(text[..length], to.Precision, to.Scale, out target[i]) != TextStatus.Ok)
                {
                    Throw.Overflow(Encoding.UTF8.GetString(text[..length]), to);
                }
            }

            result.SetRowCount(rowCount);
        };
    }

    private static ScalarKernel FromDecimal(int scale, DataType to) =>
        to.Kind switch
        {
            TypeKind.Decimal => DecimalToDecimal(scale, to),
            TypeKind.Real or TypeKind.Double => DecimalToReal(scale, to),
            TypeKind.SmallInt => DecimalToInteger<short>(scale, short.MinValue, short.MaxValue),
            TypeKind.Int => DecimalToInteger<int>(scale, int.MinValue, int.MaxValue),
            _ => DecimalToInteger<long>(scale, long.MinValue, long.MaxValue),
        };

    private static ScalarKernel DecimalToDecimal(int scale, DataType to) =>
        (arguments, rowCount, result, _) =>
        {
            var units = arguments[0].Values<long>();
            var target = result.Writable<long>();
            for (var i = 0; i < rowCount; i++)
            {
                target[i] = 0;
                if (
                    !arguments[0].IsNull(i)
                    && !DecimalText.TryRescale(units[i], scale, to.Scale, to.Precision, out target[i])
                )
                {
                    Throw.Overflow(Show(units[i], scale), to);
                }
            }

            result.SetRowCount(rowCount);
        };

    private static ScalarKernel DecimalToReal(int scale, DataType to)
    {
        var power = (double)DecimalText.PowerOfTen(scale);
        var isDouble = to == DataType.Double;
        return (arguments, rowCount, result, _) =>
        {
            var units = arguments[0].Values<long>()[..rowCount];
            var doubles = isDouble ? result.Writable<double>()[..rowCount] : default;
            var floats = isDouble ? default : result.Writable<float>()[..rowCount];
            for (var i = 0; i < units.Length; i++)
            {
                var value = ToDouble(units[i], scale, power);
                if (isDouble)
                {
                    doubles[i] = value;
                }
                else
                {
                    floats[i] = (float)value;
                }
            }

            result.SetRowCount(rowCount);
        };
    }

    private static ScalarKernel DecimalToInteger<TResult>(int scale, long minimum, long maximum)
        where TResult : unmanaged, IBinaryInteger<TResult> =>
        (arguments, rowCount, result, _) =>
        {
            var units = arguments[0].Values<long>();
            var target = result.Writable<TResult>();
            var power = (Int128)DecimalText.PowerOfTen(scale);
            for (var i = 0; i < rowCount; i++)
            {
                var rounded = DecimalKernels.DivideRounded(units[i], power);
                target[i] = TResult.CreateTruncating(rounded);
                if ((rounded < minimum || rounded > maximum) && !arguments[0].IsNull(i))
                {
                    Throw.Overflow(Show(units[i], scale), result.Type);
                }
            }

            result.SetRowCount(rowCount);
        };

    private static string Show(long units, int scale)
    {
        Span<byte> text = stackalloc byte[DecimalText.LengthMax];
        return Encoding.UTF8.GetString(text[..DecimalText.Format(units, scale, text)]);
    }

    private readonly struct Widen<T, TResult> : IMap<T, TResult>
        where T : unmanaged, INumber<T>
        where TResult : unmanaged, INumber<TResult>
    {
        public static TResult Invoke(T value) => TResult.CreateTruncating(value);
    }

    private readonly struct IsNotZero<T> : IMap<T, byte>
        where T : unmanaged, INumber<T>
    {
        public static byte Invoke(T value) => T.IsZero(value) ? (byte)0 : (byte)1;
    }
}
