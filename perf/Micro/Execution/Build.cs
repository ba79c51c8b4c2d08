using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;

namespace TickStore.Micro.Execution;

/// <summary>Expressions and plans in few words, bound as SQL's binder would bind them.</summary>
internal static class Build
{
    /// <summary>What evaluations look at.</summary>
    public static EvaluationContext Context { get; } =
        new() { Symbols = MarketTable.Arrival.Symbols, Pool = MarketTable.Pool };

    /// <summary>A column of the table.</summary>
    public static BoundExpression Column(int index)
    {
        var column = MarketTable.Arrival.Schema.AllColumns[index];
        return new ColumnExpression(index, column.Name, column.Type, column.Nullable);
    }

    /// <summary>A constant of a type that lies in memory as an integer.</summary>
    public static BoundExpression Constant(DataType type, long value) =>
        new ConstantExpression(ConstantValue.Of(type, value));

    /// <summary>A call of a function or operator, with casts where the overload wants them.</summary>
    public static BoundExpression Call(string name, params BoundExpression[] arguments)
    {
        var overload =
            FunctionRegistry.Scalars[name].Resolve([.. arguments.Select(a => (DataType?)a.Type)])
            ?? throw new InvalidOperationException($"{name} has no overload for these arguments");
        var cast = arguments.Select(
            (a, i) => a.Type == overload.ArgumentTypes[i] ? a : new CastExpression(a, overload.ArgumentTypes[i])
        );
        return new CallExpression(overload, [.. cast], Nullable: false);
    }

    /// <summary>Both hold.</summary>
    public static BoundExpression And(BoundExpression left, BoundExpression right) =>
        new LogicalExpression(IsAnd: true, [left, right], Nullable: false);

    /// <summary>A call of an aggregate, with casts where the overload wants them.</summary>
    public static AggregateCall Aggregate(string name, params BoundExpression[] arguments)
    {
        var overload = FunctionRegistry.Aggregates[name].Resolve([.. arguments.Select(a => (DataType?)a.Type)])!;
        var cast = arguments.Select(
            (a, i) => a.Type == overload.ArgumentTypes[i] ? a : new CastExpression(a, overload.ArgumentTypes[i])
        );
        return new AggregateCall(overload, [.. cast]);
    }

    /// <summary>Reads the declared columns of a table.</summary>
    public static PlanNode Scan(MarketTable table, ScanOrder order = ScanOrder.None) =>
        new ScanNode(
            table,
            new ScanRequest { Columns = [.. Enumerable.Range(0, table.Schema.Columns.Count)], Order = order }
        );

    /// <summary>Runs a plan on this thread, and adds up a column of 64-bit integers over its rows.</summary>
    public static long SumOf(PlanNode plan, int column)
    {
        using var rows = PlanExecutor.Open(plan, Context, threadCount: 1);
        var sum = 0L;
        while (rows.Next() is { } batch)
        {
            foreach (var value in batch[column].Values<long>())
            {
                sum += value;
            }
        }

        return sum;
    }
}
