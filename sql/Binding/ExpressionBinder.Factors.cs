using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Functions with state, which stand under CONTEXT BY and may nest.</summary>
internal sealed partial class ExpressionBinder
{
    private BoundExpression Factor(StatefulFunction function, FunctionCall call)
    {
        RefuseAggregateForms(call, "only an aggregate");
        if (Factors is null)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"{call.Name.Name} keeps a state for each key: it needs CONTEXT BY, as in SELECT {function.Example} FROM .. CONTEXT BY sym"
                    + (clause == "SELECT" ? "" : $"; {clause} takes no such function")
            );
        }

        if (enclosing is not null)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"{call.Name.Name} cannot stand inside {enclosing}; use a subquery"
            );
        }

        return Factor(function, [.. call.Arguments.Select(Positional)], call);
    }

    private BoundExpression Factor(StatefulFunction function, BoundExpression[] arguments, FunctionCall call)
    {
        if (arguments.FirstOrDefault(a => a is StructExpression) is { } whole)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                session.SpanOf(whole, call.Span),
                $"{function.Name} takes a field of a struct, not the struct"
            );
        }

        if (arguments.Any(a => ExpressionTree.Contains(a, static e => e is WindowReference)))
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"a window function cannot stand inside {function.Name}; use a subquery"
            );
        }

        if (function.Expand is { } expand)
        {
            BoundExpression Inner(string name, BoundExpression[] inner) =>
                FunctionRegistry.Stateful.TryGetValue(name, out var stateful)
                    ? Factor(stateful, inner, call)
                    : Resolve(name, inner, call.Span);
            return expand(arguments, Inner) ?? throw NoSuchFactor(function, arguments, call);
        }

        var constants = arguments.Select(a => ConstantOf(a, call)).ToArray();
        if (function.Resolve([.. arguments.Select(Coercion.TypeOf)], constants) is not { } overload)
            throw NoSuchFactor(function, arguments, call);
        return Factors!.Add(
            overload,
            [
                .. arguments
                    .Take(overload.ArgumentTypes.Count)
                    .Select((a, i) => Coercion.To(session, a, overload.ArgumentTypes[i], call.Span)),
            ]
        );
    }

    // A number of rows or a span of time: what it is must be known before the first row.
    private ConstantValue? ConstantOf(BoundExpression argument, FunctionCall call) =>
        argument is not (UntypedText or UntypedNull) && ConstantEvaluator.IsConstant(argument)
            ? session.Pointing(call.Span, () => session.Constants.Evaluate(argument))
            : null;

    private TickStoreException NoSuchFactor(
        StatefulFunction function,
        BoundExpression[] arguments,
        FunctionCall call
    ) =>
        session.Error(
            ErrorCode.TypeMismatch,
            call,
            $"{Show(function.Name, arguments)} does not exist: {function.Summary.TrimEnd('.')}; n is a whole number from 1 to "
                + $"{FactorRowsMax:N0}, and both it and an interval (without months) are constants; for example {function.Example}"
        );

    private const int FactorRowsMax = 1_000_000;
}
