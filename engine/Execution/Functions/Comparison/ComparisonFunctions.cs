using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The comparison operators. Text compares by its UTF-8 bytes, a SYMBOL with a SYMBOL by id where only equality is asked;
/// NaN equals NaN and is greater than every number.
/// </summary>
internal static class ComparisonFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Operator("=", "1 = 1", "True where both sides are equal.", Comparison.Equal),
        Operator("<>", "1 <> 2", "True where the sides differ.", Comparison.NotEqual),
        Operator("<", "1 < 2", "True where the left side is less.", Comparison.Less),
        Operator("<=", "1 <= 2", "True where the left side is not greater.", Comparison.LessOrEqual),
        Operator(">", "2 > 1", "True where the left side is greater.", Comparison.Greater),
        Operator(">=", "2 >= 1", "True where the left side is not less.", Comparison.GreaterOrEqual),
        Distinct(
            "is distinct from",
            "1 IS DISTINCT FROM NULL",
            "As <>, with NULL as a value that equals NULL.",
            Comparison.NotEqual
        ),
        Distinct(
            "is not distinct from",
            "NULL IS NOT DISTINCT FROM NULL",
            "As =, with NULL as a value that equals NULL.",
            Comparison.Equal
        ),
    ];

    private static ScalarFunction Operator(string name, string example, string summary, Comparison comparison) =>
        Define.Scalar(
            name,
            example,
            summary + " NULL where a side is NULL.",
            t => Resolve(t, comparison),
            canFail: false
        );

    private static ScalarFunction Distinct(string name, string example, string summary, Comparison comparison) =>
        Define.Scalar(
            name,
            example,
            summary,
            types =>
                Resolve(types, comparison) is { } found
                    ? found with
                    {
                        Kernel = NullsAreEqual(found.Kernel, comparison),
                    }
                    : null,
            isStrict: false,
            canFail: false
        );

    private static Signature? Resolve(IReadOnlyList<DataType?> types, Comparison comparison)
    {
        if (types.Count != 2)
        {
            return null;
        }

        var known = types[0] ?? types[1] ?? DataType.Varchar;
        // A literal beside a SYMBOL stays text: its id is looked up once a batch, and no unknown text is interned.
        var left = types[0] ?? (known.Kind == TypeKind.Symbol ? DataType.Varchar : known);
        var right = types[1] ?? (known.Kind == TypeKind.Symbol ? DataType.Varchar : known);
        if (left.IsText && right.IsText && left != right)
        {
            return Of(CompareKernels.OfSymbolAndText(comparison, left.Kind == TypeKind.Symbol), left, right);
        }

        if (left.IsArray || right.IsArray)
        {
            return left == right && comparison is Comparison.Equal or Comparison.NotEqual
                ? Of(CompareKernels.OfArrays(comparison), left, right)
                : null;
        }

        if (TypeRules.CommonType(left, right) is not { } common)
        {
            return null;
        }

        return common.Kind == TypeKind.Decimal && left.Scale != right.Scale
            ? OfDecimals(left, right, common, comparison)
            : Of(CompareKernels.Of(common, comparison), common, common);
    }

    private static Signature Of(ScalarKernel kernel, DataType left, DataType right) =>
        new(kernel, DataType.Boolean, left, right);

    private static Signature OfDecimals(DataType left, DataType right, DataType common, Comparison comparison)
    {
        var digits =
            Math.Max(TypeRules.DecimalDigits(left) - left.Scale, TypeRules.DecimalDigits(right) - right.Scale)
            + common.Scale;
        if (digits <= DataType.DecimalPrecisionMax)
        {
            return Of(CompareKernels.Of(common, comparison), common, common);
        }

        // The cast to a common scale could overflow where the comparison itself has an answer.
        return Of(
            CompareKernels.OfScales(left.Scale, right.Scale, comparison),
            left.Kind == TypeKind.Decimal ? left : DataType.BigInt,
            right.Kind == TypeKind.Decimal ? right : DataType.BigInt
        );
    }

    private static ScalarKernel NullsAreEqual(ScalarKernel kernel, Comparison comparison) =>
        (arguments, rowCount, result, context) =>
        {
            kernel(arguments, rowCount, result, context);
            if (!arguments[0].MayHaveNulls && !arguments[1].MayHaveNulls)
            {
                return;
            }

            var flags = result.Writable<byte>();
            for (var i = 0; i < rowCount; i++)
            {
                var (leftIsNull, rightIsNull) = (arguments[0].IsNull(i), arguments[1].IsNull(i));
                if (leftIsNull || rightIsNull)
                {
                    flags[i] = (leftIsNull && rightIsNull) == (comparison == Comparison.Equal) ? (byte)1 : (byte)0;
                }
            }
        };
}
