using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Operators and functions of numbers. Operators over times and intervals are in Functions/Time.</summary>
internal static class ArithmeticFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Define.Scalar("+", "1 + 2", "Sum of numbers, or a time moved by an interval; overflow is an error.", Sum),
        Define.Scalar(
            "-",
            "3 - 2",
            "Difference or negation of numbers, times and intervals; overflow is an error.",
            Difference
        ),
        Define.Scalar(
            "*",
            "2 * 3",
            "Product of numbers, or an interval times a number; overflow is an error.",
            Product
        ),
        Define.Scalar(
            "/",
            "7 / 2",
            "Quotient; between integers without its fraction. Division by zero is an error.",
            Quotient
        ),
        Define.Scalar(
            "%",
            "7 % 4",
            "Remainder, with the sign of the dividend. Division by zero is an error.",
            Remainder
        ),
        Define.Scalar("mod", "mod(7, 4)", "Remainder, with the sign of the dividend.", Remainder),
        Define.Scalar("div", "div(7, 2)", "Quotient without its fraction.", IntegerQuotient),
        Define.Scalar("^", "2 ^ 10", "Power, as DOUBLE.", Power),
        Define.Scalar("power", "power(2, 10)", "Power, as DOUBLE.", Power),
        Define.Scalar("pow", "pow(2, 10)", "Power, as DOUBLE.", Power),
        Define.Scalar("abs", "abs(-2)", "Absolute value, of the argument's type.", Absolute),
        Define.Scalar(
            "sign",
            "sign(-2.5)",
            "-1, 0 or 1; of a DECIMAL as SMALLINT, else of the argument's type.",
            SignOf
        ),
        Define.Scalar(
            "floor",
            "floor(2.5)",
            "The greatest whole number that is not greater.",
            t => Whole(t, RoundingRule.Floor)
        ),
        Define.Scalar(
            "ceil",
            "ceil(2.5)",
            "The least whole number that is not less.",
            t => Whole(t, RoundingRule.Ceiling)
        ),
        Define.Scalar(
            "ceiling",
            "ceiling(2.5)",
            "The least whole number that is not less.",
            t => Whole(t, RoundingRule.Ceiling)
        ),
        Define.Scalar(
            "round",
            "round(2.345, 2)",
            "The nearest number of n digits after the point (0 if left out). DECIMAL and round(x, n) round the middle away from "
                + "zero; round(DOUBLE) to the even number. A DECIMAL keeps its scale.",
            t => Rounded(t, RoundingRule.HalfAwayFromZero)
        ),
        Define.Scalar(
            "trunc",
            "trunc(2.345, 2)",
            "The number cut off after n digits (0 if left out).",
            t => Rounded(t, RoundingRule.Truncate)
        ),
        Define.Scalar("sqrt", "sqrt(2)", "Square root, as DOUBLE.", OfDouble<RealMaps.SquareRoot>()),
        Define.Scalar("exp", "exp(1)", "e to the power of x, as DOUBLE.", OfDouble<RealMaps.Exp>()),
        Define.Scalar("ln", "ln(10)", "Natural logarithm, as DOUBLE.", OfDouble<RealMaps.Ln>()),
        Define.Scalar("log10", "log10(1000)", "Logarithm to the base 10, as DOUBLE.", OfDouble<RealMaps.Log10>()),
        Define.Scalar(
            "log",
            "log(2, 8)",
            "log(x) to the base 10, or log(base, x), as DOUBLE.",
            OfDouble<RealMaps.Log10>(),
            new Signature(
                Rows.Map<RealMaps.LogBase, double, double, double>,
                DataType.Double,
                DataType.Double,
                DataType.Double
            )
        ),
    ];

    private static Signature OfDouble<TMap>()
        where TMap : struct, IMap<double, double> =>
        new(Rows.Map<TMap, double, double>, DataType.Double, DataType.Double);

    private static Signature? Power(IReadOnlyList<DataType?> types) =>
        Define.Choose(
            [new(Rows.Map<RealMaps.Power, double, double, double>, DataType.Double, DataType.Double, DataType.Double)],
            types
        );

    // The operand types of an operator over two numbers; an untyped side takes the other side's type.
    private static bool TryGetNumbers(IReadOnlyList<DataType?> types, out DataType left, out DataType right)
    {
        left = right = default;
        if (types.Count != 2 || (types[0] ?? types[1]) is not { } known)
        {
            return false;
        }

        left = types[0] ?? known;
        right = types[1] ?? known;
        return left.IsNumeric && right.IsNumeric;
    }

    private static Signature Same(ScalarKernel kernel, DataType type) => new(kernel, type, type, type);

    private static Signature? Sum(IReadOnlyList<DataType?> types)
    {
        if (!TryGetNumbers(types, out var left, out var right))
        {
            return TimeArithmetic.Sum(types);
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        return common.Kind switch
        {
            TypeKind.SmallInt => Same(IntegerKernels.Add<short>(), common),
            TypeKind.Int => Same(IntegerKernels.Add<int>(), common),
            TypeKind.BigInt => Same(IntegerKernels.Add<long>(), common),
            TypeKind.Real => Same(FloatKernels.Add<float>(), common),
            TypeKind.Double => Same(FloatKernels.Add<double>(), common),
            _ => DecimalSum(left, right, subtract: false),
        };
    }

    private static Signature? Difference(IReadOnlyList<DataType?> types)
    {
        if (types is [{ IsNumeric: true } only])
        {
            return Negation(only);
        }

        if (!TryGetNumbers(types, out var left, out var right))
        {
            return TimeArithmetic.Difference(types);
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        return common.Kind switch
        {
            TypeKind.SmallInt => Same(IntegerKernels.Subtract<short>(), common),
            TypeKind.Int => Same(IntegerKernels.Subtract<int>(), common),
            TypeKind.BigInt => Same(IntegerKernels.Subtract<long>(), common),
            TypeKind.Real => Same(FloatKernels.Subtract<float>(), common),
            TypeKind.Double => Same(FloatKernels.Subtract<double>(), common),
            _ => DecimalSum(left, right, subtract: true),
        };
    }

    private static Signature Negation(DataType type) =>
        type.Kind switch
        {
            TypeKind.SmallInt => new(Rows.Map<IntegerKernels.Negate<short>, short, short>, type, type),
            TypeKind.Int => new(Rows.Map<IntegerKernels.Negate<int>, int, int>, type, type),
            TypeKind.Real => new(Rows.Map<FloatKernels.Negate<float>, float, float>, type, type),
            TypeKind.Double => new(Rows.Map<FloatKernels.Negate<double>, double, double>, type, type),
            _ => new(Rows.Map<IntegerKernels.Negate<long>, long, long>, type, type),
        };

    private static Signature DecimalSum(DataType left, DataType right, bool subtract)
    {
        var type = DecimalKernels.SumType(left, right);
        return new(DecimalKernels.AddSameScale(subtract), type, AtScale(left, type.Scale), AtScale(right, type.Scale));
    }

    // The type itself where its scale is right, else the widest one of that scale.
    private static DataType AtScale(DataType type, int scale) =>
        type.Kind == TypeKind.Decimal && type.Scale == scale
            ? type
            : DataType.Decimal(DataType.DecimalPrecisionMax, scale);

    // Integers are multiplied and divided as 64 bits of scale 0, without the detour of a cast to DECIMAL.
    private static DataType AsUnits(DataType type) => type.Kind == TypeKind.Decimal ? type : DataType.BigInt;

    private static Signature? Product(IReadOnlyList<DataType?> types)
    {
        if (!TryGetNumbers(types, out var left, out var right))
        {
            return TimeArithmetic.Product(types);
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        var type = common.Kind == TypeKind.Decimal ? DecimalKernels.ProductType(left, right) : common;
        return common.Kind switch
        {
            TypeKind.SmallInt => Same(IntegerKernels.Multiply<short>(), common),
            TypeKind.Int => Same(IntegerKernels.Multiply<int>(), common),
            TypeKind.BigInt => Same(IntegerKernels.Multiply<long>(), common),
            TypeKind.Real => Same(FloatKernels.Multiply<float>(), common),
            TypeKind.Double => Same(FloatKernels.Multiply<double>(), common),
            _ => new(
                DecimalKernels.Multiply(left.Scale + right.Scale - type.Scale),
                type,
                AsUnits(left),
                AsUnits(right)
            ),
        };
    }

    private static Signature? Quotient(IReadOnlyList<DataType?> types)
    {
        if (!TryGetNumbers(types, out var left, out var right))
        {
            return TimeArithmetic.Quotient(types);
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        if (common.Kind == TypeKind.Decimal)
        {
            var type = DecimalKernels.QuotientType(left, right);
            return new(
                DecimalKernels.Divide(type.Scale + right.Scale - left.Scale),
                type,
                AsUnits(left),
                AsUnits(right)
            );
        }

        return common.IsFloating
            ? Same(common == DataType.Real ? FloatKernels.Divide<float>() : FloatKernels.Divide<double>(), common)
            : Same(DivideIntegers(common), common);
    }

    private static ScalarKernel DivideIntegers(DataType type) =>
        type.Kind switch
        {
            TypeKind.SmallInt => Rows.Map<IntegerKernels.Divide<short>, short, short, short>,
            TypeKind.Int => Rows.Map<IntegerKernels.Divide<int>, int, int, int>,
            _ => Rows.Map<IntegerKernels.Divide<long>, long, long, long>,
        };

    private static Signature? IntegerQuotient(IReadOnlyList<DataType?> types)
    {
        if (!TryGetNumbers(types, out var left, out var right))
        {
            return null;
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        return common.Kind is TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt
            ? Same(DivideIntegers(common), common)
            : Same(Rows.Map<RealMaps.IntegerQuotient, double, double, double>, DataType.Double);
    }

    private static Signature? Remainder(IReadOnlyList<DataType?> types)
    {
        if (!TryGetNumbers(types, out var left, out var right))
        {
            return null;
        }

        var common = TypeRules.CommonType(left, right)!.Value;
        return common.Kind switch
        {
            TypeKind.SmallInt => Same(Rows.Map<IntegerKernels.Remainder<short>, short, short, short>, common),
            TypeKind.Int => Same(Rows.Map<IntegerKernels.Remainder<int>, int, int, int>, common),
            TypeKind.Real => Same(Rows.Map<FloatKernels.Remainder<float>, float, float, float>, common),
            TypeKind.Double => Same(Rows.Map<FloatKernels.Remainder<double>, double, double, double>, common),
            // Of units of one scale the remainder is the remainder of the integers.
            _ => Same(Rows.Map<IntegerKernels.Remainder<long>, long, long, long>, common),
        };
    }

    private static Signature? Absolute(IReadOnlyList<DataType?> types) =>
        types is not [{ IsNumeric: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(Rows.Map<IntegerKernels.Absolute<short>, short, short>, type, type),
                TypeKind.Int => new(Rows.Map<IntegerKernels.Absolute<int>, int, int>, type, type),
                TypeKind.Real => new(Rows.Map<FloatKernels.Absolute<float>, float, float>, type, type),
                TypeKind.Double => new(Rows.Map<FloatKernels.Absolute<double>, double, double>, type, type),
                _ => new(Rows.Map<IntegerKernels.Absolute<long>, long, long>, type, type),
            };

    private static Signature? SignOf(IReadOnlyList<DataType?> types) =>
        types is not [{ IsNumeric: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(Rows.Map<IntegerKernels.Sign<short>, short, short>, type, type),
                TypeKind.Int => new(Rows.Map<IntegerKernels.Sign<int>, int, int>, type, type),
                TypeKind.BigInt => new(Rows.Map<IntegerKernels.Sign<long>, long, long>, type, type),
                TypeKind.Real => new(Rows.Map<FloatKernels.Sign<float>, float, float>, type, type),
                TypeKind.Double => new(Rows.Map<FloatKernels.Sign<double>, double, double>, type, type),
                _ => new(DecimalRounding.Sign, DataType.SmallInt, type),
            };

    private static Signature? Whole(IReadOnlyList<DataType?> types, RoundingRule rule) =>
        types is not [{ IsNumeric: true } type]
            ? null
            : (type.Kind, rule) switch
            {
                (TypeKind.Decimal, _) => new(DecimalRounding.ToWhole(rule), type, type),
                (TypeKind.Real, RoundingRule.Floor) => new(
                    Rows.Map<FloatKernels.Floor<float>, float, float>,
                    type,
                    type
                ),
                (TypeKind.Real, RoundingRule.Ceiling) => new(
                    Rows.Map<FloatKernels.Ceiling<float>, float, float>,
                    type,
                    type
                ),
                (TypeKind.Real, RoundingRule.Truncate) => new(
                    Rows.Map<FloatKernels.Truncate<float>, float, float>,
                    type,
                    type
                ),
                (TypeKind.Real, _) => new(Rows.Map<FloatKernels.Round<float>, float, float>, type, type),
                (TypeKind.Double, RoundingRule.Floor) => new(
                    Rows.Map<FloatKernels.Floor<double>, double, double>,
                    type,
                    type
                ),
                (TypeKind.Double, RoundingRule.Ceiling) => new(
                    Rows.Map<FloatKernels.Ceiling<double>, double, double>,
                    type,
                    type
                ),
                (TypeKind.Double, RoundingRule.Truncate) => new(
                    Rows.Map<FloatKernels.Truncate<double>, double, double>,
                    type,
                    type
                ),
                (TypeKind.Double, _) => new(Rows.Map<FloatKernels.Round<double>, double, double>, type, type),
                _ => new(Rows.Copy, type, type),
            };

    private static Signature? Rounded(IReadOnlyList<DataType?> types, RoundingRule rule)
    {
        if (types.Count == 1)
        {
            return Whole(types, rule);
        }

        if (types is not [{ IsNumeric: true } type, var digits] || digits is { IsInteger: false })
        {
            return null;
        }

        var truncates = rule == RoundingRule.Truncate;
        return type.Kind switch
        {
            TypeKind.Decimal => new(DecimalRounding.ToDigits(rule), type, type, DataType.Int),
            TypeKind.Real or TypeKind.Double when truncates => new(
                Rows.Map<RealMaps.TruncateDigits, double, int, double>,
                DataType.Double,
                DataType.Double,
                DataType.Int
            ),
            TypeKind.Real or TypeKind.Double => new(
                Rows.Map<RealMaps.RoundDigits, double, int, double>,
                DataType.Double,
                DataType.Double,
                DataType.Int
            ),
            _ when truncates => new(
                Rows.Map<DecimalRounding.TruncateInteger, long, int, long>,
                DataType.BigInt,
                DataType.BigInt,
                DataType.Int
            ),
            _ => new(
                Rows.Map<DecimalRounding.RoundInteger, long, int, long>,
                DataType.BigInt,
                DataType.BigInt,
                DataType.Int
            ),
        };
    }
}
