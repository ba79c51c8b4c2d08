using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// Functions that statements made: a call becomes the function's expression over the values of its parameters, cast to what it returns.
/// Whatever may stand in the place of the call may stand in the expression: aggregates, windows, functions with state.
/// </summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>True for names that calls cannot have otherwise, so that no statement can give them to its function.</summary>
    public static bool IsBuiltIn(string name) =>
        FunctionNames().Contains(name) || name is "candlestick_agg" or "now" or "current_timestamp";

    /// <summary>
    /// Throws, with the place in the statement's text, where the body does not bind: its parameters are columns then,
    /// so that all it may call can be called; or numbers and spans among them are constants, for what takes nothing
    /// else.
    /// </summary>
    public static void Check(BindingSession session, CreateFunctionStatement function)
    {
        session.Functions.Path.Add(function.Name.Name);
        try
        {
            Check(session, function, hasConstants: false);
        }
        catch (TickStoreException) when (BindsWithConstants(session, function))
        {
            // As ema(x, n) does.
        }
    }

    private static bool BindsWithConstants(BindingSession session, CreateFunctionStatement function)
    {
        try
        {
            Check(session, function, hasConstants: true);
            return true;
        }
        catch (TickStoreException)
        {
            return false;
        }
    }

    private static void Check(BindingSession session, CreateFunctionStatement function, bool hasConstants)
    {
        var parameters = new List<ScopeColumn>();
        foreach (var parameter in function.Parameters)
        {
            var name = parameter.Name.Name;
            if (parameters.Any(p => p.Name == name))
                throw session.Error(ErrorCode.InvalidArgument, parameter, $"parameter \"{name}\" is given twice");
            var type = TypeNames.Resolve(session.Sql, parameter.Type);
            BoundExpression value = new ColumnExpression(parameters.Count, name, type, true);
            if (hasConstants && type.Kind == TypeKind.Interval)
                value = new ConstantExpression(ConstantValue.Of(Interval.OfNanos(1_000_000_000)));
            else if (hasConstants && type.IsNumeric)
                value = Coercion.To(session, One, type, parameter.Span);
            parameters.Add(new ScopeColumn(name, value));
        }

        var time = new ColumnExpression(parameters.Count, "_time", DataType.Timestamp, false);
        var rows = new Relation(
            ConstantEvaluator.SingleRow,
            [new ScopeTable(function.Name.Name, parameters, time, null)],
            []
        );
        var binder = new ExpressionBinder(session, rows, "a function", RefuseSubquery(session))
        {
            Aggregates = new AggregateCollector(),
            Windows = new WindowCollector(),
            Factors = new FactorCollector(),
        };
        binder.BindAs(
            function.Body,
            TypeNames.Resolve(session.Sql, function.Returns),
            $"the result of {function.Name.Name}"
        );
    }

    private static readonly ConstantExpression One = new(ConstantValue.Of(DataType.Int, 1));

    private static Func<Query, BoundQuery> RefuseSubquery(BindingSession session) =>
        query =>
            throw session.Error(
                ErrorCode.NotSupported,
                query,
                "the expression of a function has no subquery: it is a value of its parameters"
            );

    private BoundExpression? Made(FunctionCall call)
    {
        var name = call.Name.Name;
        var functions = session.Functions;
        if (functions.Path.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw session.Error(ErrorCode.InvalidArgument, call, $"function {name} calls itself");
        if (functions.Find(session.Catalog, name) is not { } function)
            return null;
        if (call.Over is { } over)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                over,
                $"{name} is an expression made by CREATE FUNCTION; OVER goes to the calls within it"
            );
        }

        RefuseAggregateForms(call, "only an aggregate");
        var inner = new BindingSession(functions.TextOf(name), session.Catalog, [])
        {
            View = session.View,
            Functions = functions,
        };
        var order = relation.OrderTable;
        var parameters = new ScopeTable(name, Parameters(function, call, inner), order?.Time, order?.Sequence)
        {
            Clock = order?.Clock,
            ReceiveTime = order?.ReceiveTime,
        };
        var binder = new ExpressionBinder(
            inner,
            new Relation(relation.Plan, [parameters], []),
            clause,
            RefuseSubquery(inner)
        )
        {
            Aggregates = Aggregates,
            Windows = Windows,
            Factors = Factors,
            enclosing = enclosing,
        };
        functions.Path.Add(name);
        try
        {
            return binder.BindAs(
                function.Body,
                TypeNames.Resolve(inner.Sql, function.Returns),
                $"the result of {name}"
            );
        }
        catch (TickStoreException error)
        {
            throw new TickStoreException(error.Code, $"in function {name}: {error.Message}", error)
            {
                SqlPosition = call.Span.Start,
            };
        }
        finally
        {
            functions.Path.RemoveAt(functions.Path.Count - 1);
        }
    }

    private ScopeColumn[] Parameters(CreateFunctionStatement function, FunctionCall call, BindingSession inner)
    {
        var name = function.Name.Name;
        var values = new BoundExpression?[function.Parameters.Count];
        if (call.Arguments.Count != values.Length)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                $"{name} takes {values.Length} argument{(values.Length == 1 ? "" : "s")}"
                    + $" ({string.Join(", ", function.Parameters.Select(p => p.Name.Name))}), not {call.Arguments.Count}"
            );
        }

        for (var i = 0; i < values.Length; i++)
        {
            var argument = call.Arguments[i];
            var at = argument.Name is { } named
                ? function.Parameters.ToList().FindIndex(p => p.Name.Name == named.Name)
                : i;
            if (at < 0 || values[at] is not null)
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    argument,
                    at < 0
                        ? $"{name} has no parameter \"{argument.Name!.Name}\""
                        : $"parameter \"{function.Parameters[at].Name.Name}\" of {name} is given twice"
                );
            }

            var parameter = function.Parameters[at];
            values[at] = BindAs(
                argument.Value,
                TypeNames.Resolve(inner.Sql, parameter.Type),
                $"parameter \"{parameter.Name.Name}\" of {name}"
            );
        }

        return [.. values.Select((v, i) => new ScopeColumn(function.Parameters[i].Name.Name, v!))];
    }
}
