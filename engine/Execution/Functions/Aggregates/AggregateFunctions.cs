using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The aggregates. Rows in which an argument is NULL do not count; without rows every one but count gives NULL.
/// </summary>
internal static class AggregateFunctions
{
    /// <summary>The family's table.</summary>
    public static IReadOnlyList<AggregateFunction> All { get; } =
    [
        Make("count", "count(*)", "Rows, or rows in which the argument is not NULL; 0 without rows.", Count),
        Make(
            "sum",
            "sum(qty)",
            "Sum: BIGINT of integers, DECIMAL(18,s) of DECIMAL, DOUBLE of REAL and DOUBLE; overflow is an error.",
            Sum
        ),
        Make("avg", "avg(px)", "Mean, as DOUBLE.", Average),
        Make("min", "min(px)", "The least value; text by its UTF-8 bytes.", t => Extreme(t, isMax: false)),
        Make("max", "max(px)", "The greatest value; NaN is greater than every number.", t => Extreme(t, isMax: true)),
        Make(
            "first",
            "first(px)",
            "The value of the first row by (event time, sequence) that has one.",
            t => FirstLast(t, false),
            isOrdered: true
        ),
        Make(
            "last",
            "last(px)",
            "The value of the last row by (event time, sequence) that has one.",
            t => FirstLast(t, true),
            isOrdered: true
        ),
        Make(
            "arg_min",
            "arg_min(px, qty)",
            "The first argument where the second is least; the first such row.",
            t => ArgExtreme(t, false),
            isOrdered: true
        ),
        Make(
            "arg_max",
            "arg_max(px, qty)",
            "The first argument where the second is greatest; the first such row.",
            t => ArgExtreme(t, true),
            isOrdered: true
        ),
        Make(
            "vwap",
            "vwap(px, qty)",
            "sum(px * qty) / sum(qty), as DOUBLE; NULL where the quantities add up to 0.",
            Vwap
        ),
        Moments("stddev", "Sample standard deviation; NULL below two rows.", Moment.SampleDeviation),
        Moments("stddev_samp", "Sample standard deviation; NULL below two rows.", Moment.SampleDeviation),
        Moments("stddev_pop", "Population standard deviation.", Moment.PopulationDeviation),
        Moments("variance", "Sample variance; NULL below two rows.", Moment.SampleVariance),
        Moments("var_samp", "Sample variance; NULL below two rows.", Moment.SampleVariance),
        Moments("var_pop", "Population variance.", Moment.PopulationVariance),
        Moments("corr", "Correlation of two columns; NULL where one does not vary.", Moment.Correlation),
        Moments("covar_samp", "Sample covariance; NULL below two rows.", Moment.SampleCovariance),
        Moments("covar_pop", "Population covariance.", Moment.PopulationCovariance),
        Make("bool_and", "bool_and(px > 1)", "True where all values are.", t => Boolean(t, isAnd: true)),
        Make("bool_or", "bool_or(px > 1)", "True where one value is.", t => Boolean(t, isAnd: false)),
        Make(
            "median",
            "median(px)",
            "The middle value, or the mean of the middle two, as DOUBLE.",
            t => Quantile(t, isMedian: true),
            keepsRows: true
        ),
        Make(
            "quantile_cont",
            "quantile_cont(px, 0.95)",
            "The value below which a fraction (0 to 1) of the rows lie, interpolated, as DOUBLE.",
            t => Quantile(t, isMedian: false),
            keepsRows: true
        ),
        Make(
            "approx_quantile",
            "approx_quantile(px, 0.95)",
            "As quantile_cont, within 0.4 % of the value and in little memory, as DOUBLE.",
            ApproximateQuantile
        ),
    ];

    private sealed record Overload(
        Func<EvaluationContext, AggregateState> CreateState,
        DataType Return,
        params DataType[] Arguments
    );

    private static AggregateFunction Make(
        string name,
        string example,
        string summary,
        Func<IReadOnlyList<DataType?>, Overload?> resolve,
        bool isOrdered = false,
        bool keepsRows = false
    )
    {
        AggregateFunction? function = null;
        function = new AggregateFunction
        {
            Name = name,
            Example = example,
            Summary = summary,
            IsOrderSensitive = isOrdered,
            KeepsRows = keepsRows,
            Resolve = types =>
                resolve(types) is { } found
                    ? new AggregateOverload(function!, found.Arguments, found.Return, found.CreateState)
                    : null,
        };
        return function;
    }

    private static AggregateFunction Moments(string name, string summary, Moment moment)
    {
        var argumentCount = moment >= Moment.SampleCovariance ? 2 : 1;
        return Make(
            name,
            argumentCount == 2 ? $"{name}(px, qty)" : $"{name}(px)",
            summary + " DOUBLE.",
            types =>
                types.Count != argumentCount || !AreNumbers(types) ? null
                : argumentCount == 1 && types[0] is { IsFloating: false } whole ? IntegerMoments(moment, whole)
                : new Overload(
                    context => new MomentsState(moment, context),
                    DataType.Double,
                    [.. types.Select(_ => DataType.Double)]
                )
        );
    }

    private static Overload IntegerMoments(Moment moment, DataType type) =>
        type.Kind switch
        {
            TypeKind.SmallInt => new(c => new IntegerMomentsState<short>(moment, 0, c), DataType.Double, type),
            TypeKind.Int => new(c => new IntegerMomentsState<int>(moment, 0, c), DataType.Double, type),
            _ => new(c => new IntegerMomentsState<long>(moment, type.Scale, c), DataType.Double, type),
        };

    private static bool AreNumbers(IReadOnlyList<DataType?> types) => types.All(t => t is null or { IsNumeric: true });

    private static Overload? Count(IReadOnlyList<DataType?> types) =>
        types.Count > 1
            ? null
            : new(context => new CountState(context), DataType.BigInt, [.. types.Select(t => t ?? DataType.Varchar)]);

    private static Overload? Sum(IReadOnlyList<DataType?> types) =>
        types is not [{ IsNumeric: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(c => new IntegerSumState<short>(false, 0, c), DataType.BigInt, type),
                TypeKind.Int => new(c => new IntegerSumState<int>(false, 0, c), DataType.BigInt, type),
                TypeKind.BigInt => new(c => new IntegerSumState<long>(false, 0, c), DataType.BigInt, type),
                TypeKind.Decimal => new(
                    c => new IntegerSumState<long>(false, type.Scale, c),
                    DataType.Decimal(DataType.DecimalPrecisionMax, type.Scale),
                    type
                ),
                _ => new(c => new RealSumState(false, c), DataType.Double, DataType.Double),
            };

    private static Overload? Average(IReadOnlyList<DataType?> types) =>
        types is not [{ IsNumeric: true } type]
            ? null
            : type.Kind switch
            {
                TypeKind.SmallInt => new(c => new IntegerSumState<short>(true, 0, c), DataType.Double, type),
                TypeKind.Int => new(c => new IntegerSumState<int>(true, 0, c), DataType.Double, type),
                TypeKind.BigInt or TypeKind.Decimal => new(
                    c => new IntegerSumState<long>(true, type.Scale, c),
                    DataType.Double,
                    type
                ),
                _ => new(c => new RealSumState(true, c), DataType.Double, DataType.Double),
            };

    private static Overload? Extreme(IReadOnlyList<DataType?> types, bool isMax) =>
        types is not [{ IsArray: false } type]
            ? null
            : type.Kind switch
            {
                TypeKind.Boolean => new(c => new ExtremeState<byte>(isMax, c), type, type),
                TypeKind.SmallInt => new(c => new ExtremeState<short>(isMax, c), type, type),
                TypeKind.Int or TypeKind.Date => new(c => new ExtremeState<int>(isMax, c), type, type),
                TypeKind.BigInt or TypeKind.Decimal or TypeKind.Timestamp => new(
                    c => new ExtremeState<long>(isMax, c),
                    type,
                    type
                ),
                TypeKind.Real => new(c => new ExtremeState<float>(isMax, c), type, type),
                TypeKind.Double => new(c => new ExtremeState<double>(isMax, c), type, type),
                TypeKind.Interval or TypeKind.Symbol or TypeKind.Varchar => new(
                    c => new ExtremeValueState(type, isMax, c),
                    type,
                    type
                ),
            };

    private static Overload? FirstLast(IReadOnlyList<DataType?> types, bool isLast) =>
        types is [{ IsArray: false } type] ? new(c => new FirstLastState(type, isLast, c), type, type) : null;

    private static Overload? ArgExtreme(IReadOnlyList<DataType?> types, bool isMax)
    {
        if (types is not [{ IsArray: false } type, { IsArray: false } by])
        {
            return null;
        }

        return by.Kind switch
        {
            TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt => new(
                c => new ArgExtremeState<long>(type, isMax, c),
                type,
                type,
                DataType.BigInt
            ),
            TypeKind.Decimal or TypeKind.Timestamp => new(
                c => new ArgExtremeState<long>(type, isMax, c),
                type,
                type,
                by
            ),
            TypeKind.Date => new(c => new ArgExtremeState<int>(type, isMax, c), type, type, by),
            TypeKind.Real or TypeKind.Double => new(
                c => new ArgExtremeState<double>(type, isMax, c),
                type,
                type,
                DataType.Double
            ),
            _ => null,
        };
    }

    private static Overload? Vwap(IReadOnlyList<DataType?> types)
    {
        if (types is not [{ IsNumeric: true } price, { IsNumeric: true } quantity])
        {
            return null;
        }

        return price.IsFloating || quantity.IsFloating
            ? new(c => new RealVwapState(c), DataType.Double, DataType.Double, DataType.Double)
            : new(c => new ExactVwapState(price.Scale, c), DataType.Double, AsUnits(price), AsUnits(quantity));
    }

    private static DataType AsUnits(DataType type) => type.Kind == TypeKind.Decimal ? type : DataType.BigInt;

    private static Overload? Boolean(IReadOnlyList<DataType?> types, bool isAnd) =>
        types.Count == 1 && (types[0] is null || types[0] == DataType.Boolean)
            ? new(c => new BooleanState(isAnd, c), DataType.Boolean, DataType.Boolean)
            : null;

    private static Overload? Quantile(IReadOnlyList<DataType?> types, bool isMedian)
    {
        if (types.Count != (isMedian ? 1 : 2) || !AreNumbers(types))
        {
            return null;
        }

        DataType[] fraction = isMedian ? [] : [DataType.Double];
        return types[0] switch
        {
            { Kind: TypeKind.SmallInt } t => new(
                c => new QuantileState<short>(isMedian, 0, c),
                DataType.Double,
                [t, .. fraction]
            ),
            { Kind: TypeKind.Int } t => new(
                c => new QuantileState<int>(isMedian, 0, c),
                DataType.Double,
                [t, .. fraction]
            ),
            { IsFloating: false } t => new(
                c => new QuantileState<long>(isMedian, t.Scale, c),
                DataType.Double,
                [t, .. fraction]
            ),
            _ => new(c => new QuantileState<double>(isMedian, 0, c), DataType.Double, [DataType.Double, .. fraction]),
        };
    }

    private static Overload? ApproximateQuantile(IReadOnlyList<DataType?> types) =>
        types.Count != 2 || !AreNumbers(types)
            ? null
            : types[0] switch
            {
                { Kind: TypeKind.SmallInt } t => new(
                    c => new ApproximateQuantileState<short>(0, c),
                    DataType.Double,
                    t,
                    DataType.Double
                ),
                { Kind: TypeKind.Int } t => new(
                    c => new ApproximateQuantileState<int>(0, c),
                    DataType.Double,
                    t,
                    DataType.Double
                ),
                { IsFloating: false } t => new(
                    c => new ApproximateQuantileState<long>(t.Scale, c),
                    DataType.Double,
                    t,
                    DataType.Double
                ),
                _ => new(
                    c => new ApproximateQuantileState<double>(0, c),
                    DataType.Double,
                    DataType.Double,
                    DataType.Double
                ),
            };
}
