using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>CONTEXT BY: the rows of each key in the order of their event time, for functions with state.</summary>
internal sealed partial class SelectBinder
{
    private (PlanNode Plan, Func<BoundExpression, BoundExpression> Onto) Context(ContextBy context, PlanNode plan)
    {
        if (relation.TimeTable is not { Time: { } time } order)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                context,
                "CONTEXT BY needs to know which row comes first, and no table of this FROM has an event time; let the "
                    + "subquery select its time column"
            );
        }

        var binder = new ExpressionBinder(session, relation, "CONTEXT BY", queries.BindSubquery);
        var keys = context.Keys.Select(binder.Bind).ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is StructExpression || keys[i].Type.IsArray)
                throw session.Error(ErrorCode.TypeMismatch, context.Keys[i], "CONTEXT BY takes scalar keys");
        }

        RequireTimeOrder(context, binder, order);
        var (built, onto) = factors.Apply(plan, keys, ResetOf(context, binder, time), order);
        return factors.Count == 0 ? (plan, onto) : (built, onto);
    }

    // States of a view are kept up in the order of the event time: another order would be another query.
    private void RequireTimeOrder(ContextBy context, ExpressionBinder binder, ScopeTable order)
    {
        for (var i = 0; i < context.OrderBy.Count; i++)
        {
            var item = context.OrderBy[i];
            var bound = binder.Bind(item.Expression);
            var wanted = i == 0 ? order.Time : order.Sequence;
            if (i > 1 || item.Descending || !bound.Equals(wanted))
            {
                throw session.Error(
                    ErrorCode.NotSupported,
                    item,
                    $"CONTEXT BY goes in the order of the event time: ORDER BY {order.Time!.Name}"
                        + (order.Sequence is null ? "" : $" [, {order.Sequence.Name}]")
                );
            }
        }
    }

    private static BoundExpression? EveryBucket(IntervalLiteral every, BoundExpression time)
    {
        var bucket = FunctionRegistry.Scalars["time_bucket"].Resolve([DataType.Interval, DataType.Timestamp]);
        return bucket is null
            ? null
            : new CallExpression(bucket, [new ConstantExpression(ConstantValue.Of(every.Value)), time], time.Nullable);
    }

    private BoundExpression? ResetOf(ContextBy context, ExpressionBinder binder, BoundExpression time)
    {
        if (context.Every is { } every)
            return EveryBucket(every, time);
        if (context.Calendar is not { } calendar)
            return null;
        var found = CalendarBinding.Find(session, calendar.Value, calendar.Span);
        var dates = (Execution.CallExpression)binder.Resolve("trade_date", [time, Text(calendar.Value)], calendar.Span);
        return dates with { Function = dates.Function with { Kernel = CalendarCalls.TradeDates(found) } };
    }

    private static ConstantExpression Text(string value) => new(ConstantValue.Of(value));

    private void RefuseGroupsOfContext(BoundExpression? having)
    {
        if (select.GroupBy.Count > 0 || select.SampleBy is not null || having is not null || aggregates.Calls.Count > 0)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                select.ContextBy!,
                "CONTEXT BY keeps every row, so it does not go with GROUP BY, SAMPLE BY, HAVING or aggregates: group in a subquery"
            );
        }
    }
}
