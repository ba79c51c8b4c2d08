using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Every aggregate of the registry over 65,536 rows: as one run (ordered aggregation) and scattered over 2,000 groups
/// (hash aggregation), beside the plain sum of a column. Per row.
/// </summary>
[NativeWidth]
[Measures("TickStore.Execution.FunctionRegistry")]
public class AggregateBenchmarks
{
    private const int GroupCount = 2000;

    private readonly Batch[] batches =
    [
        .. Enumerable
            .Range(0, MarketTable.TableRows / Batch.VectorRows)
            .Select(i => MarketTable.Arrival.View(i * Batch.VectorRows)),
    ];

    // Arguments that trades do not have as columns: px > 20.00, and the fraction of a quantile.
    private const int ConditionArgument = -1,
        FractionArgument = -2;

    private ColumnVector[][] arguments = [];
    private AggregateState? state;

    /// <summary>The aggregate.</summary>
    [ParamsSource(nameof(Names))]
    public string Function { get; set; } = string.Empty;

    /// <summary>What the parameter runs through.</summary>
    public static IEnumerable<string> Names => FunctionRegistry.Aggregates.Keys.Order(StringComparer.Ordinal);

    /// <summary>Finds an overload that takes what trades have.</summary>
    [GlobalSetup]
    public void Resolve()
    {
        var function = FunctionRegistry.Aggregates[Function];
        int[][] shapes = Function.Contains("quantile", StringComparison.Ordinal)
            ?
            [
                [MarketTable.PriceDoubleColumn, FractionArgument],
            ]
            :
            [
                [MarketTable.PriceDoubleColumn],
                [MarketTable.PriceDoubleColumn, MarketTable.SizeColumn],
                [ConditionArgument],
            ];
        foreach (var shape in shapes)
        {
            var types = shape.Select(c => (DataType?)ExpressionOf(c).Type).ToArray();
            if (function.Resolve(types) is { } overload)
            {
                arguments = Array.ConvertAll(batches, batch => ArgumentsOf(overload, shape, batch));
                state = overload.CreateState(Build.Context);
                return;
            }
        }

        throw new InvalidOperationException($"{Function} takes nothing that trades have: add a shape here");
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void Free() => state?.Dispose();

    /// <summary>The yardstick: one column added up in order.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = MarketTable.TableRows)]
    public double PlainSum()
    {
        var sum = 0.0;
        foreach (var batch in batches)
        {
            foreach (var price in batch[MarketTable.PriceDoubleColumn].Values<double>())
            {
                sum += price;
            }
        }

        return sum;
    }

    /// <summary>All rows into one group.</summary>
    [Benchmark(OperationsPerInvoke = MarketTable.TableRows)]
    public void OneRun()
    {
        state!.Reset();
        state.EnsureGroups(1);
        foreach (var vectors in arguments)
        {
            state.UpdateRun(vectors, 0, Batch.VectorRows, 0);
        }
    }

    /// <summary>Each row into the group of its symbol.</summary>
    [Benchmark(OperationsPerInvoke = MarketTable.TableRows)]
    public void BySymbol()
    {
        state!.Reset();
        state.EnsureGroups(GroupCount);
        for (var i = 0; i < batches.Length; i++)
        {
            state.Update(arguments[i], batches[i][MarketTable.SymbolColumn].Values<int>());
        }
    }

    private static BoundExpression ExpressionOf(int argument) =>
        argument switch
        {
            ConditionArgument => Build.Call(
                ">",
                Build.Column(MarketTable.PriceColumn),
                Build.Constant(MarketTable.PriceType, 2000)
            ),
            FractionArgument => new ConstantExpression(ConstantValue.Of(DataType.Double, 0.95)),
            _ => Build.Column(argument),
        };

    private static ColumnVector[] ArgumentsOf(AggregateOverload overload, int[] columns, Batch batch)
    {
        var vectors = new List<ColumnVector>();
        for (var i = 0; i < columns.Length; i++)
        {
            var wanted = overload.ArgumentTypes[i];
            var expression = ExpressionOf(columns[i]);
            // The evaluator lends its result, so each vector keeps its own for as long as the process lives.
            var evaluator = new ExpressionEvaluator(
                expression.Type == wanted ? expression : new CastExpression(expression, wanted),
                Build.Context
            );
            vectors.Add(evaluator.Evaluate(batch));
        }

        if (overload.Function.IsOrderSensitive)
        {
            vectors.Add(batch[MarketTable.TimeColumn]);
            vectors.Add(batch[MarketTable.TimeColumn]);
        }

        return [.. vectors];
    }
}
