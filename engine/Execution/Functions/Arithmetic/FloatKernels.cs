using System.Numerics;
using System.Numerics.Tensors;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Arithmetic of REAL and DOUBLE by IEEE 754: overflow gives an infinity and NaN stays NaN, while a division by zero is an
/// error, as in PostgreSQL.
/// </summary>
internal static class FloatKernels
{
    public static ScalarKernel Add<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        static (arguments, rowCount, result, _) =>
        {
            TensorPrimitives.Add(
                arguments[0].Values<T>()[..rowCount],
                arguments[1].Values<T>()[..rowCount],
                result.Writable<T>()[..rowCount]
            );
            result.SetRowCount(rowCount);
        };

    public static ScalarKernel Subtract<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        static (arguments, rowCount, result, _) =>
        {
            TensorPrimitives.Subtract(
                arguments[0].Values<T>()[..rowCount],
                arguments[1].Values<T>()[..rowCount],
                result.Writable<T>()[..rowCount]
            );
            result.SetRowCount(rowCount);
        };

    public static ScalarKernel Multiply<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        static (arguments, rowCount, result, _) =>
        {
            TensorPrimitives.Multiply(
                arguments[0].Values<T>()[..rowCount],
                arguments[1].Values<T>()[..rowCount],
                result.Writable<T>()[..rowCount]
            );
            result.SetRowCount(rowCount);
        };

    public static ScalarKernel Divide<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        static (arguments, rowCount, result, _) =>
        {
            var left = arguments[0].Values<T>()[..rowCount];
            var right = arguments[1].Values<T>()[..rowCount];
            TensorPrimitives.Divide(left, right, result.Writable<T>()[..rowCount]);
            for (var i = 0; i < right.Length; i++)
            {
                if (right[i] == T.Zero && !Rows.AnyNull(arguments, i))
                {
                    IntegerKernels.ThrowDivisionByZero(left[i].ToString(), "/");
                }
            }

            result.SetRowCount(rowCount);
        };

    /// <summary>The remainder, with the sign of the dividend.</summary>
    public readonly struct Remainder<T> : IMap<T, T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T left, T right)
        {
            if (right == T.Zero)
            {
                IntegerKernels.ThrowDivisionByZero(left.ToString(), "%");
            }

            return left % right;
        }
    }

    public readonly struct Negate<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => -value;
    }

    public readonly struct Absolute<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.Abs(value);
    }

    public readonly struct Sign<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.IsNaN(value) ? value : T.CreateTruncating(T.Sign(value));
    }

    public readonly struct Floor<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.Floor(value);
    }

    public readonly struct Ceiling<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.Ceiling(value);
    }

    public readonly struct Truncate<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.Truncate(value);
    }

    /// <summary>To the nearest integer, and from the middle to the even one, as PostgreSQL rounds DOUBLE.</summary>
    public readonly struct Round<T> : IMap<T, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Invoke(T value) => T.Round(value);
    }
}
