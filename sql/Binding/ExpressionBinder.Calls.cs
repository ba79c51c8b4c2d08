using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Binding;

/// <summary>Calls of functions, and aggregates.</summary>
internal sealed partial class ExpressionBinder
{
    // Inside an aggregate or a window function a further one of the kind is refused.
    private string? enclosing;

    private static IEnumerable<string> FunctionNames() =>
        FunctionRegistry
            .Scalars.Keys.Where(n => char.IsLetter(n[0]))
            .Concat(FunctionRegistry.Aggregates.Keys)
            .Concat(WindowFunctions)
            .Concat(FunctionRegistry.Stateful.Keys)
            .Append(OhlcvName)
            .Append(RollupName);

    private BoundExpression Call(FunctionCall call)
    {
        var name = call.Name.Name;
        if (Made(call) is { } made)
            return made;
        if (call.Over is not null)
            return Window(call);
        if (name == OhlcvName || name == "candlestick_agg")
            return Ohlcv(call);
        if (name == RollupName)
            return Rollup(call);
        if (FunctionRegistry.Aggregates.TryGetValue(name, out var aggregate))
        {
            return Collector(call).Add(Aggregate(aggregate, call));
        }

        if (FunctionRegistry.Stateful.TryGetValue(name, out var stateful))
            return Factor(stateful, call);
        if (WindowFunctions.Contains(name))
        {
            throw session.Error(ErrorCode.InvalidArgument, call, $"{name} needs an OVER (..) clause");
        }

        if (name is "now" or "current_timestamp" && call.Arguments.Count == 0)
        {
            if (session.View is not null)
                throw ViewRules.Refuse(session, call, $"{name}(): its rows would change without a reason in the data");
            return new ConstantExpression(ConstantValue.Of(DataType.Timestamp, session.Catalog.NowNanos));
        }

        if (!FunctionRegistry.Scalars.ContainsKey(name))
        {
            throw session.Error(
                ErrorCode.UnknownName,
                call.Name,
                $"there is no function \"{name}\"{NearestName.Hint(name, FunctionNames().Concat(session.Catalog.FunctionNames))}"
            );
        }

        RefuseAggregateForms(call, "only an aggregate");
        if (CalendarCall(call) is { } ofCalendar)
            return ofCalendar;
        return Resolve(name, [.. call.Arguments.Select(Positional)], call.Span);
    }

    private BoundExpression Positional(FunctionArgument argument) =>
        argument.Name is null
            ? BindOpen(argument.Value)
            : throw session.Error(
                ErrorCode.NotSupported,
                argument,
                "named arguments are not available; give them in order"
            );

    private void RefuseAggregateForms(FunctionCall call, string who)
    {
        var form =
            call.Star ? "*"
            : call.Distinct ? "DISTINCT"
            : call.Filter is not null ? "FILTER"
            : null;
        if (form is not null)
        {
            throw session.Error(ErrorCode.InvalidArgument, call, $"{who} takes {form}; {call.Name.Name} does not");
        }
    }

    private AggregateCollector Collector(FunctionCall call)
    {
        if (enclosing is not null)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"aggregates do not nest: {call.Name.Name} stands inside {enclosing}"
            );
        }

        return Aggregates
            ?? throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"aggregates are not allowed in {clause}: {call.Name.Name} is "
                    + $"one{(clause == "WHERE" ? "; use HAVING" : "")}"
            );
    }

    private AggregateCall Aggregate(AggregateFunction function, FunctionCall call)
    {
        var before = enclosing;
        enclosing = call.Name.Name;
        var filter = call.Filter is null ? null : Condition(call.Filter, "FILTER");
        var (overload, arguments) = AggregateArguments(function, call, [.. call.Arguments.Select(Positional)]);
        enclosing = before;
        if (arguments.Append(filter).Any(a => a is not null && ExpressionTree.Contains(a, IsOfRows)))
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"{call.Name.Name} cannot stand around an aggregate, a window function or a function with state; use a subquery"
            );
        }

        return new AggregateCall(overload, arguments, call.Distinct, filter);
    }

    // What a parameter of a function may stand for although nothing of the kind is written in the call.
    private static bool IsOfRows(BoundExpression expression) =>
        expression is AggregateReference or WindowReference or FactorReference;

    private (AggregateOverload Overload, IReadOnlyList<BoundExpression> Arguments) AggregateArguments(
        AggregateFunction function,
        FunctionCall call,
        IReadOnlyList<BoundExpression> arguments
    )
    {
        if (call.Star && function.Name != "count")
        {
            throw session.Error(ErrorCode.InvalidArgument, call, $"only count takes *, not {function.Name}");
        }

        if (arguments.FirstOrDefault(a => a is StructExpression) is { } whole)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                session.SpanOf(whole, call.Span),
                $"{function.Name} takes a field of a struct, not the struct"
            );
        }

        if (function.Resolve([.. arguments.Select(Coercion.TypeOf)]) is not { } overload)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                call,
                $"{Show(function.Name, arguments)} does not exist: {function.Summary.TrimEnd('.')}; for example "
                    + $"{function.Example}"
            );
        }

        var typed = arguments.Select((a, i) => Coercion.To(session, a, overload.ArgumentTypes[i], call.Span)).ToList();
        if (function.IsOrderSensitive)
            typed.AddRange(OrderArguments(call));
        return (overload, typed);
    }

    // Where the sequence is not known (rows of a grouped subquery), ties in time keep the order in which rows arrive.
    private BoundExpression[] OrderArguments(FunctionCall call) =>
        relation.OrderTable is { Time: { } time } table
            ? [time, table.Sequence ?? (BoundExpression)new ConstantExpression(ConstantValue.Of(DataType.BigInt, 0L))]
            : throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"{call.Name.Name} needs to know which row comes first, and no table of this FROM has an event time; "
                    + "let the subquery select its time column"
            );

    private static ConstantExpression Number(double value) => new(ConstantValue.Of(DataType.Double, value));
}
