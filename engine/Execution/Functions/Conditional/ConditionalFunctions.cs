using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Functions that choose among their arguments.</summary>
internal static class ConditionalFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar(
            "coalesce",
            "coalesce(NULL, 2)",
            "The first argument that is not NULL.",
            t => Same(t, Coalesce),
            isStrict: false,
            canFail: false
        ),
        Define.Scalar(
            "nullif",
            "nullif(1, 1)",
            "The first argument, or NULL where both are equal.",
            NullIf,
            isStrict: false,
            canFail: false
        ),
        Define.Scalar(
            "greatest",
            "greatest(1, 2)",
            "The greatest argument that is not NULL.",
            t => Extreme(t, Comparison.Greater),
            isStrict: false,
            canFail: false
        ),
        Define.Scalar(
            "least",
            "least(1, 2)",
            "The least argument that is not NULL.",
            t => Extreme(t, Comparison.Less),
            isStrict: false,
            canFail: false
        ),
    ];

    private static Signature? Same(IReadOnlyList<DataType?> types, ScalarKernel kernel) =>
        types.Count > 0 && TypeRules.CommonType(types) is { } type
            ? new(kernel, type, [.. types.Select(_ => type)])
            : null;

    private static Signature? NullIf(IReadOnlyList<DataType?> types)
    {
        if (types.Count != 2 || FunctionRegistry.Scalars["="].Resolve(types) is not { } equal)
        {
            return null;
        }

        if (equal.ArgumentTypes is [var type, var other] && type == other && NullIfValues(type) is { } kernel)
        {
            return new(kernel, type, type, type);
        }

        return new(
            (arguments, rowCount, result, context) =>
            {
                using var flags = ColumnVector.Allocate(DataType.Boolean, rowCount, context.Pool);
                equal.Kernel(arguments, rowCount, flags, context);
                VectorCopy.AppendRange(arguments[0], 0, rowCount, result);
                for (var i = 0; i < rowCount; i++)
                {
                    if (flags.Values<byte>()[i] != 0 && !Rows.AnyNull(arguments, i))
                    {
                        result.WritableValidity()[i] = 0;
                    }
                }
            },
            equal.ArgumentTypes[0],
            [.. equal.ArgumentTypes]
        );
    }

    // Numbers, which stand in divisions evaluated for every step of a view: piece by piece, without memory for all flags.
    private static ScalarKernel? NullIfValues(DataType type) =>
        type.IsArray
            ? null
            : type.Kind switch
            {
                TypeKind.Int => NullIfValues<int>,
                TypeKind.BigInt or TypeKind.Decimal => NullIfValues<long>,
                TypeKind.Double => NullIfValues<double>,
                _ => null,
            };

    private static void NullIfValues<T>(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        const int PieceRows = 128;
        Span<byte> flags = stackalloc byte[PieceRows];
        var left = arguments[0].Values<T>()[..rowCount];
        var right = arguments[1].Values<T>()[..rowCount];
        VectorCopy.AppendRange(arguments[0], 0, rowCount, result);
        for (var start = 0; start < rowCount; start += PieceRows)
        {
            var count = Math.Min(PieceRows, rowCount - start);
            CompareDriver.Compare<EqualKernel, T>(left.Slice(start, count), right.Slice(start, count), flags[..count]);
            if (!flags[..count].Contains((byte)1))
            {
                continue;
            }

            for (var i = start; i < start + count; i++)
            {
                if (flags[i - start] != 0 && !Rows.AnyNull(arguments, i))
                {
                    result.WritableValidity()[i] = 0;
                }
            }
        }
    }

    private static void Coalesce(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        for (var i = 0; i < rowCount; i++)
        {
            var chosen = 0;
            while (chosen < arguments.Length - 1 && arguments[chosen].IsNull(i))
            {
                chosen++;
            }

            VectorCopy.AppendRange(arguments[chosen], i, 1, result);
        }
    }

    private static Signature? Extreme(IReadOnlyList<DataType?> types, Comparison comparison)
    {
        if (types.Count == 0 || TypeRules.CommonType(types) is not { IsArray: false } type)
        {
            return null;
        }

        var compare = CompareKernels.Of(type, comparison);
        return Same(
            types,
            (arguments, rowCount, result, context) =>
            {
                using var flags = ColumnVector.Allocate(DataType.Boolean, rowCount, context.Pool);
                ColumnVector?[] running = [null, ColumnVector.Allocate(type, rowCount, context.Pool)];
                try
                {
                    // Argument by argument: the running extreme against the next one, as whole columns.
                    var best = arguments[0];
                    for (var next = 1; next < arguments.Length; next++)
                    {
                        compare([arguments[next], best], rowCount, flags, context);
                        var merged = running[next & 1] ??= ColumnVector.Allocate(type, rowCount, context.Pool);
                        merged.SetRowCount(0);
                        for (var i = 0; i < rowCount; i++)
                        {
                            var takeNext =
                                best.IsNull(i) || (!arguments[next].IsNull(i) && flags.Values<byte>()[i] != 0);
                            VectorCopy.AppendRange(takeNext ? arguments[next] : best, i, 1, merged);
                        }

                        best = merged;
                    }

                    VectorCopy.AppendRange(best, 0, rowCount, result);
                }
                finally
                {
                    running[0]?.Dispose();
                    running[1]?.Dispose();
                }
            }
        );
    }
}
