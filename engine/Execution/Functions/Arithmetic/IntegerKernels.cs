using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Arithmetic of integers, and of other types that lie in memory as integers and add without a change of scale. Rows
/// are computed without branches; only where one overflowed is a row that is not NULL looked for.
/// </summary>
internal static class IntegerKernels
{
    public static ScalarKernel Add<T>()
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T> =>
        static (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<T>();
            var right = arguments[1].Values<T>();
            if (!CheckedArithmetic.TryAdd(left, right, result.Writable<T>()[..rowCount]))
            {
                ThrowWhereOverflown<T>(arguments, rowCount, result.Type, "+", static (a, b) => a + b);
            }

            result.SetRowCount(rowCount);
        };

    public static ScalarKernel Subtract<T>()
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T> =>
        static (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<T>();
            var right = arguments[1].Values<T>();
            if (!CheckedArithmetic.TrySubtract(left, right, result.Writable<T>()[..rowCount]))
            {
                ThrowWhereOverflown<T>(arguments, rowCount, result.Type, "-", static (a, b) => a - b);
            }

            result.SetRowCount(rowCount);
        };

    public static ScalarKernel Multiply<T>()
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T> =>
        static (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<T>()[..rowCount];
            var right = arguments[1].Values<T>()[..rowCount];
            var target = result.Writable<T>()[..rowCount];
            var fits = true;
            if (typeof(T) == typeof(long))
            {
                fits = CheckedArithmetic.TryMultiply(
                    arguments[0].Values<long>(),
                    arguments[1].Values<long>(),
                    result.Writable<long>()[..rowCount]
                );
            }
            else
            {
                for (var i = 0; i < target.Length; i++)
                {
                    // The factors are at most 32 bits wide, so that 64 bits hold the product.
                    var product = long.CreateTruncating(left[i]) * long.CreateTruncating(right[i]);
                    target[i] = T.CreateTruncating(product);
                    fits &= long.CreateTruncating(target[i]) == product;
                }
            }

            if (!fits)
            {
                ThrowWhereOverflown<T>(arguments, rowCount, result.Type, "*", static (a, b) => a * b);
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>Division that drops the fraction, as PostgreSQL divides integers.</summary>
    public readonly struct Divide<T> : IMap<T, T, T>
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T>
    {
        public static T Invoke(T left, T right)
        {
            if (T.IsZero(right))
            {
                ThrowDivisionByZero(left.ToString(), "/");
            }

            if (right == T.NegativeOne && left == T.MinValue)
            {
                Throw.Error(ErrorCode.NumericOverflow, $"{left} / {right} does not fit its type: at most {T.MaxValue}");
            }

            return left / right;
        }
    }

    /// <summary>The remainder, with the sign of the dividend.</summary>
    public readonly struct Remainder<T> : IMap<T, T, T>
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        public static T Invoke(T left, T right)
        {
            if (T.IsZero(right))
            {
                ThrowDivisionByZero(left.ToString(), "%");
            }

            return right == T.NegativeOne ? T.Zero : left % right;
        }
    }

    public readonly struct Negate<T> : IMap<T, T>
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T>
    {
        public static T Invoke(T value) => value == T.MinValue ? ThrowNegation(value) : -value;
    }

    public readonly struct Absolute<T> : IMap<T, T>
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T>
    {
        public static T Invoke(T value) => value == T.MinValue ? ThrowNegation(value) : T.Abs(value);
    }

    public readonly struct Sign<T> : IMap<T, T>
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        public static T Invoke(T value) => T.CreateTruncating(T.Sign(value));
    }

    public static void ThrowDivisionByZero(string? left, string sign) =>
        Throw.Error(ErrorCode.DivisionByZero, $"{left} {sign} 0: division by zero; guard it with NULLIF(divisor, 0)");

    private static T ThrowNegation<T>(T value)
        where T : unmanaged, IMinMaxValue<T> =>
        Throw.Error<T>(ErrorCode.NumericOverflow, $"-({value}) does not fit its type: at most {T.MaxValue}");

    private static void ThrowWhereOverflown<T>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        DataType type,
        string sign,
        Func<Int128, Int128, Int128> exact
    )
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (var row = 0; row < rowCount; row++)
        {
            if (Rows.AnyNull(arguments, row))
            {
                continue;
            }

            var (left, right) = (arguments[0].Values<T>()[row], arguments[1].Values<T>()[row]);
            var wide = exact(Int128.CreateTruncating(left), Int128.CreateTruncating(right));
            if (wide < Int128.CreateTruncating(T.MinValue) || wide > Int128.CreateTruncating(T.MaxValue))
            {
                Throw.Overflow($"{left} {sign} {right} = {wide}", type);
            }
        }
    }
}
