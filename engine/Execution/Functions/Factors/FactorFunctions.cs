using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Functions with state, for CONTEXT BY.</summary>
internal static class FactorFunctions
{
    /// <summary>The most rows that a window of rows, or an offset, may have.</summary>
    public const int RowsMax = 1_000_000;

    /// <summary>The family's table.</summary>
    public static IReadOnlyList<StatefulFunction> All { get; } =
    [
        .. Moving("sum", "The sum", 1, false, (w, c) => new MovingSumState(w, false, c)),
        .. Moving("avg", "The mean", 1, false, (w, c) => new MovingSumState(w, true, c)),
        .. Moving(
            "min",
            "The least value (NaN is the greatest)",
            1,
            false,
            (w, c) => new MovingExtremeState(w, false, c)
        ),
        .. Moving(
            "max",
            "The greatest value (NaN is the greatest)",
            1,
            false,
            (w, c) => new MovingExtremeState(w, true, c)
        ),
        .. Moving("count", "The number of values, full window or not", 1, true, Kernel<NumberOfValues>),
        .. Moving("var", "The variance by n - 1", 1, false, Kernel<SampleVariance>),
        .. Moving("varp", "The variance by n", 1, false, Kernel<PopulationVariance>),
        .. Moving("std", "The standard deviation by n - 1", 1, false, Kernel<RootOf<SampleVariance>>),
        .. Moving(
            "stdp",
            "The standard deviation by n (Bollinger bands)",
            1,
            false,
            Kernel<RootOf<PopulationVariance>>
        ),
        .. Moving("cov", "The covariance by n - 1", 2, false, Kernel<SampleCovariance>),
        .. Moving("corr", "Pearson's correlation, NULL where a side does not vary", 2, false, Kernel<Correlation>),
        .. Moving(
            "beta",
            "The slope of y over x, called with (y, x), NULL where x does not vary",
            2,
            false,
            Kernel<Slope>
        ),
        .. Moving("rank", "1 and the number of values less than the newest", 1, true, Kernel<RankOfNewest>),
        OverRows(
            "wma",
            "wma(px, 2)",
            "The mean of the last n values with the weights 1 to n, the newest weighing n; NULL before there are n.",
            n => new(n - 1, 0),
            (n, c) => new MovingKernelState<LinearlyWeightedMean>(new(n, 0), false, c)
        ),
        OverRows(
            "ema",
            "ema(px, 2)",
            "Exponential average of weight 2 / (n + 1): the mean of the first n values, then average + (x - average) * "
                + "weight; NULL before there are n.",
            _ => FactorReach.Unbounded,
            (n, c) => new RowFactor<ExponentialAverage>(new(n, 2.0 / (n + 1)), c)
        ),
        OverRows(
            "wilder",
            "wilder(px, 2)",
            "Wilder's average of weight 1 / n: the mean of the first n values, then average + (x - average) / n; NULL before there are n.",
            _ => FactorReach.Unbounded,
            (n, c) => new RowFactor<ExponentialAverage>(new(n, 1.0 / n), c)
        ),
        OverRows(
            "rsi",
            "rsi(px, 2)",
            "Wilder's relative strength index, 0 to 100 (50 where nothing moves): gains and losses are means of the first n "
                + "changes, then smoothed by 1 / n; NULL before there are n changes.",
            _ => FactorReach.Unbounded,
            (n, c) => new RowFactor<RelativeStrength>(new(n), c)
        ),
        Plain<RunningMaximum>(
            "cummax",
            "cummax(px)",
            "The greatest value so far; NaN is the greatest.",
            1,
            FactorReach.Unbounded
        ),
        Plain<RunningMinimum>(
            "cummin",
            "cummin(px)",
            "The least value so far; NaN is the greatest.",
            1,
            FactorReach.Unbounded
        ),
        Plain<RunningCount>(
            "cumcount",
            "cumcount(px)",
            "The number of values so far, as BIGINT.",
            1,
            FactorReach.Unbounded,
            DataType.BigInt
        ),
        Running(
            "cumsum",
            "cumsum(qty)",
            "The sum so far, with its rounding errors summed beside it.",
            1,
            Cumulative.Sum
        ),
        Running(
            "cumavg",
            "cumavg(px)",
            "The mean so far; the rounding errors of its sum are summed beside it.",
            1,
            Cumulative.Mean
        ),
        Running(
            "cumvwap",
            "cumvwap(px, qty)",
            "sum(px * qty) / sum(qty) so far; the rounding errors of both sums are summed beside them. "
                + "NULL while the quantities add up to 0.",
            2,
            Cumulative.Vwap
        ),
        Plain<Difference>("deltas", "deltas(px)", "The value less the one before; NULL at the first.", 1, new(1, 0)),
        Plain<Quotient>(
            "ratios",
            "ratios(px)",
            "The value by the one before; NULL at the first, and where the one before is 0.",
            1,
            new(1, 0)
        ),
        Plain<LogReturn>(
            "log_returns",
            "log_returns(px)",
            "ln(x / the value before); values that are not above 0 give NULL and are passed over.",
            1,
            FactorReach.Unbounded
        ),
        Plain<TrueRange>(
            "true_range",
            "true_range(px, px, px)",
            "Of (high, low, close): the greatest of high - low and the distances of high and low from the close before; NULL at the first.",
            3,
            new(1, 0)
        ),
        Plain<OrderFlow>(
            "ofi",
            "ofi(px, qty, px, qty)",
            "Of (bid, bid_size, ask, ask_size): what a quote adds to order-flow imbalance (Cont, Kukanov and Stoikov 2014); "
                + "NULL at the first. msum or tmsum of it is the imbalance.",
            4,
            new(1, 0)
        ),
        Previous(),
        Written(
            "macd",
            "macd(px, 1, 2)",
            "ema(x, fast) - ema(x, slow).",
            3,
            (a, call) => call("-", [call("ema", [a[0], a[1]]), call("ema", [a[0], a[2]])])
        ),
        Written(
            "macd_signal",
            "macd_signal(px, 1, 2, 1)",
            "ema(macd(x, fast, slow), signal).",
            4,
            (a, call) => call("ema", [call("macd", [a[0], a[1], a[2]]), a[3]])
        ),
        Written(
            "macd_hist",
            "macd_hist(px, 1, 2, 1)",
            "macd(x, fast, slow) - macd_signal(x, fast, slow, signal).",
            4,
            (a, call) => call("-", [call("macd", [a[0], a[1], a[2]]), call("macd_signal", [.. a])])
        ),
        Written(
            "atr",
            "atr(px, px, px, 1)",
            "Average true range of (high, low, close, n): the plain mean of the last n true ranges; NULL before there are n.",
            4,
            (a, call) => call("mavg", [call("true_range", [a[0], a[1], a[2]]), a[3]])
        ),
        Written(
            "watr",
            "watr(px, px, px, 1)",
            "Average true range of (high, low, close, n) as Wilder smooths it: wilder(true_range(high, low, close), n).",
            4,
            (a, call) => call("wilder", [call("true_range", [a[0], a[1], a[2]]), a[3]])
        ),
        Written(
            "realized_vol",
            "realized_vol(px, 1)",
            "The root of the sum of squared log returns over the last n of them, or over an INTERVAL.",
            2,
            RealizedVolatility
        ),
    ];

    private static BoundExpression RealizedVolatility(
        IReadOnlyList<BoundExpression> arguments,
        Func<string, BoundExpression[], BoundExpression> call
    )
    {
        var returns = call("log_returns", [arguments[0]]);
        var sum = arguments[1].Type.Kind == TypeKind.Interval ? "tmsum" : "msum";
        return call("sqrt", [call(sum, [call("*", [returns, returns]), arguments[1]])]);
    }

    private static StatefulState Kernel<TKernel>(FactorWindow window, EvaluationContext context)
        where TKernel : struct, IMovingKernel =>
        new MovingKernelState<TKernel>(window, typeof(TKernel) == typeof(NumberOfValues), context);

    // The two forms of a moving function: m.. over rows and tm.. over time.
    private static IEnumerable<StatefulFunction> Moving(
        string what,
        string summary,
        int arguments,
        bool isInteger,
        Func<FactorWindow, EvaluationContext, StatefulState> create
    )
    {
        var type = isInteger ? DataType.BigInt : DataType.Double;
        var call = arguments == 1 ? "px" : "px, qty";
        var warmUp = what == "count" ? string.Empty : "; NULL before there are n";
        yield return Make(
            $"m{what}",
            $"m{what}({call}, {(arguments == 1 ? 2 : 3)})",
            $"{summary} of the last n values{warmUp}.",
            arguments,
            type,
            (function, parameter) =>
                RowsOf(parameter) is { } rows
                    ? Overload(function, new FactorWindow(rows, 0), arguments, type, create)
                    : null
        );
        yield return Make(
            $"tm{what}",
            $"tm{what}({call}, INTERVAL '1 hour')",
            $"{summary} of the last so much time, (t - interval, t].",
            arguments,
            type,
            (function, parameter) =>
                NanosOf(parameter) is { } nanos
                    ? Overload(function, new FactorWindow(0, nanos), arguments, type, create)
                    : null
        );
    }

    private static StatefulOverload Overload(
        StatefulFunction function,
        FactorWindow window,
        int arguments,
        DataType type,
        Func<FactorWindow, EvaluationContext, StatefulState> create
    ) => new(function, Doubles(arguments), window.ToString(), type, window.Reach, context => create(window, context));

    private static StatefulFunction OverRows(
        string name,
        string example,
        string summary,
        Func<int, FactorReach> reach,
        Func<int, EvaluationContext, StatefulState> create
    ) =>
        Make(
            name,
            example,
            summary,
            1,
            DataType.Double,
            (function, parameter) =>
                RowsOf(parameter) is { } rows
                    ? new(
                        function,
                        Doubles(1),
                        $"{rows}",
                        DataType.Double,
                        reach(rows),
                        context => create(rows, context)
                    )
                    : null
        );

    private static StatefulFunction Plain<TState>(
        string name,
        string example,
        string summary,
        int arguments,
        FactorReach reach,
        DataType? type = null
    )
        where TState : unmanaged, IRowFactor =>
        Without(
            name,
            example,
            summary,
            arguments,
            type ?? DataType.Double,
            reach,
            c => new RowFactor<TState>(default, c)
        );

    private static StatefulFunction Running(
        string name,
        string example,
        string summary,
        int arguments,
        Cumulative kind
    ) =>
        Without(
            name,
            example,
            summary,
            arguments,
            DataType.Double,
            FactorReach.Unbounded,
            c => new CumulativeState(kind, c)
        );

    private static StatefulFunction Without(
        string name,
        string example,
        string summary,
        int arguments,
        DataType type,
        FactorReach reach,
        Func<EvaluationContext, StatefulState> create
    )
    {
        StatefulFunction? function = null;
        function = new StatefulFunction
        {
            Name = name,
            Example = example,
            Summary = summary,
            Resolve = (types, _) =>
                types.Count == arguments && types.All(IsNumber)
                    ? new(function!, Doubles(arguments), string.Empty, type, reach, create)
                    : null,
        };
        return function;
    }

    // Arguments of every row, then one constant.
    private static StatefulFunction Make(
        string name,
        string example,
        string summary,
        int arguments,
        DataType type,
        Func<StatefulFunction, ConstantValue?, StatefulOverload?> resolve
    )
    {
        StatefulFunction? function = null;
        function = new StatefulFunction
        {
            Name = name,
            Example = example,
            Summary = summary,
            Resolve = (types, constants) =>
                types.Count == arguments + 1 && types.Take(arguments).All(IsNumber)
                    ? resolve(function!, constants[arguments])
                    : null,
        };
        return function;
    }

    private static StatefulFunction Written(
        string name,
        string example,
        string summary,
        int arguments,
        Func<IReadOnlyList<BoundExpression>, Func<string, BoundExpression[], BoundExpression>, BoundExpression> expand
    ) =>
        new()
        {
            Name = name,
            Example = example,
            Summary = summary,
            Resolve = (_, _) => null,
            Expand = (given, call) => given.Count == arguments ? expand(given, call) : null,
        };

    private static StatefulFunction Previous()
    {
        StatefulFunction? function = null;
        function = new StatefulFunction
        {
            Name = "prev",
            Example = "prev(px)",
            Summary =
                "The value of the row before, or of the n-th row before (prev(x, n)), of the argument's type; NULL where "
                + "that row is NULL or is not there.",
            Resolve = (types, constants) =>
            {
                if (
                    types.Count is < 1 or > 2
                    || types[0] is not { IsArray: false } type
                    || type.Kind == TypeKind.Varchar
                )
                {
                    return null;
                }

                return (types.Count == 1 ? 1 : RowsOf(constants[1])) is { } offset
                    ? new(function!, [type], $"{offset}", type, new(offset, 0), c => new PreviousValue(offset, type, c))
                    : null;
            },
        };
        return function;
    }

    private static bool IsNumber(DataType? type) => type is null or { IsNumeric: true, IsArray: false };

    private static DataType[] Doubles(int count) => [.. Enumerable.Repeat(DataType.Double, count)];

    private static int? RowsOf(ConstantValue? value) =>
        value
            is {
                IsNull: false,
                Type.Kind: TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt,
                Integer: >= 1 and <= RowsMax
            }
            ? (int)value.Integer
            : null;

    private static long? NanosOf(ConstantValue? value) =>
        value is { IsNull: false, Type.Kind: TypeKind.Interval }
        && value.Interval.TryGetNanos(out var nanos)
        && nanos > 0
            ? nanos
            : null;
}
