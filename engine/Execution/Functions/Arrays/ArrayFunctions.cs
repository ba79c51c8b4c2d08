using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Functions of fixed-depth arrays, level by level. Levels are never NULL by themselves; a row may be.</summary>
internal static class ArrayFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar("array_length", "array_length(bids)", "Levels of the array.", Length, canFail: false),
        Define.Scalar("cardinality", "cardinality(bids)", "Levels of the array.", Length, canFail: false),
        Define.Scalar(
            "array_sum",
            "array_sum(bids)",
            "Sum of the levels from the first on: BIGINT, DECIMAL or DOUBLE.",
            SumOf
        ),
        Define.Scalar("array_avg", "array_avg(bids)", "Mean of the levels, as DOUBLE.", AverageOf, canFail: false),
        Define.Scalar(
            "array_min",
            "array_min(bids)",
            "The least level.",
            t => Extreme(t, Comparison.Less),
            canFail: false
        ),
        Define.Scalar(
            "array_max",
            "array_max(bids)",
            "The greatest level.",
            t => Extreme(t, Comparison.Greater),
            canFail: false
        ),
    ];

    private static Signature? Length(IReadOnlyList<DataType?> types) =>
        types switch
        {
            [{ IsArray: true } type] => new(LengthKernel, DataType.Int, type),
            // PostgreSQL's second argument is the dimension; there is one.
            [{ IsArray: true } type, { IsInteger: true }] => new(LengthKernel, DataType.Int, type, DataType.Int),
            _ => null,
        };

    private static void LengthKernel(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        result.Writable<int>()[..rowCount].Fill(arguments[0].Type.Depth);
        result.SetRowCount(rowCount);
        for (var i = 0; arguments.Length == 2 && i < rowCount; i++)
        {
            if (!arguments[1].IsNull(i) && arguments[1].Values<int>()[i] != 1)
            {
                result.WritableValidity()[i] = 0;
            }
        }
    }

    private static Signature? SumOf(IReadOnlyList<DataType?> types) =>
        types is not [{ IsArray: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(SumIntegers<short>, DataType.BigInt, type),
                TypeKind.Int => new(SumIntegers<int>, DataType.BigInt, type),
                TypeKind.BigInt => new(SumIntegers<long>, DataType.BigInt, type),
                TypeKind.Decimal => new(
                    SumIntegers<long>,
                    DataType.Decimal(DataType.DecimalPrecisionMax, type.Scale),
                    type
                ),
                TypeKind.Real => new(SumReals<float>(average: false), DataType.Double, type),
                TypeKind.Double => new(SumReals<double>(average: false), DataType.Double, type),
                _ => null,
            };

    private static Signature? AverageOf(IReadOnlyList<DataType?> types) =>
        types is not [{ IsArray: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(AverageIntegers<short>, DataType.Double, type),
                TypeKind.Int => new(AverageIntegers<int>, DataType.Double, type),
                TypeKind.BigInt or TypeKind.Decimal => new(AverageIntegers<long>, DataType.Double, type),
                TypeKind.Real => new(SumReals<float>(average: true), DataType.Double, type),
                TypeKind.Double => new(SumReals<double>(average: true), DataType.Double, type),
                _ => null,
            };

    private static Signature? Extreme(IReadOnlyList<DataType?> types, Comparison comparison)
    {
        if (types is not [{ IsArray: true } type])
        {
            return null;
        }

        var compare = CompareKernels.Of(type.Element, comparison);
        return new(
            (arguments, rowCount, result, context) =>
            {
                using var level = ColumnVector.CreateView(type.Element);
                using var flags = ColumnVector.Allocate(DataType.Boolean, rowCount, context.Pool);
                level.Borrow(arguments[0], 0, rowCount);
                VectorCopy.AppendRange(level, 0, rowCount, result);
                var target = result.Writable<byte>();
                var width = type.ElementBytes;
                for (var depth = 1; depth < type.Depth; depth++)
                {
                    level.Borrow(arguments[0], 0, rowCount, depth);
                    compare([level, result], rowCount, flags, context);
                    var bytes = level.LevelBytes(0);
                    for (var i = 0; i < rowCount; i++)
                    {
                        if (flags.Values<byte>()[i] != 0)
                        {
                            bytes.Slice(i * width, width).CopyTo(target[(i * width)..]);
                        }
                    }
                }
            },
            type.Element,
            type
        );
    }

    private static Int128 Total<T>(ColumnVector array, int row)
        where T : unmanaged, IBinaryInteger<T>
    {
        Int128 total = 0;
        for (var level = 0; level < array.Type.Depth; level++)
        {
            total += Int128.CreateTruncating(array.Level<T>(level)[row]);
        }

        return total;
    }

    private static void SumIntegers<T>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        var target = result.Writable<long>();
        if (TrySumLevels<T>(arguments[0], rowCount, target, result.Type))
        {
            result.SetRowCount(rowCount);
            return;
        }

        for (var i = 0; i < rowCount; i++)
        {
            var total = Total<T>(arguments[0], i);
            target[i] = (long)total;
            var fits =
                result.Type.Kind == TypeKind.Decimal
                    ? Int128.Abs(total) < DecimalKernels.PowerOfTen(DataType.DecimalPrecisionMax)
                    : total == target[i];
            if (!fits && !arguments[0].IsNull(i))
            {
                Throw.Overflow($"The sum {total} of an array's levels", result.Type);
            }
        }

        result.SetRowCount(rowCount);
    }

    // Level by level in vector lanes, where even the greatest value in every level would not overflow.
    private static bool TrySumLevels<T>(ColumnVector array, int rowCount, Span<long> target, DataType type)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (rowCount == 0)
        {
            return false;
        }

        var (least, greatest) = (0L, 0L);
        for (var level = 0; level < array.Type.Depth; level++)
        {
            var values = array.Level<T>(level)[..rowCount];
            least = Math.Min(least, long.CreateTruncating(RunKernels.Minimum(values)));
            greatest = Math.Max(greatest, long.CreateTruncating(RunKernels.Maximum(values)));
        }

        var limit = type.Kind == TypeKind.Decimal ? DecimalKernels.PowerOfTen(type.Precision) - 1 : long.MaxValue;
        if ((Int128)greatest * array.Type.Depth > limit || (Int128)least * array.Type.Depth < -limit)
        {
            return false;
        }

        target = target[..rowCount];
        target.Clear();
        for (var level = 0; level < array.Type.Depth; level++)
        {
            RunKernels.AddTo(array.Level<T>(level)[..rowCount], target);
        }

        return true;
    }

    private static void AverageIntegers<T>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        var type = arguments[0].Type;
        var target = result.Writable<double>();
        for (var i = 0; i < rowCount; i++)
        {
            target[i] = ExactRatio.Divide(
                Total<T>(arguments[0], i),
                DecimalKernels.PowerOfTen(type.Scale) * type.Depth
            );
        }

        result.SetRowCount(rowCount);
    }

    private static ScalarKernel SumReals<T>(bool average)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (arguments, rowCount, result, _) =>
        {
            var target = result.Writable<double>();
            for (var i = 0; i < rowCount; i++)
            {
                var total = 0.0;
                for (var level = 0; level < arguments[0].Type.Depth; level++)
                {
                    total += double.CreateTruncating(arguments[0].Level<T>(level)[i]);
                }

                target[i] = average ? total / arguments[0].Type.Depth : total;
            }

            result.SetRowCount(rowCount);
        };
}
