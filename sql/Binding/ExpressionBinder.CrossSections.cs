using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Functions over a cross-section that are short for others over the same window.</summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>
    /// <c>zscore(x)</c> is <c>(x - avg(x)) / stddev(x)</c> in DOUBLE, NULL where the deviation is NULL or 0; <c>pct_rank(x)</c> is
    /// <c>percent_rank()</c> with the window ordered by x. Null for any other function.
    /// </summary>
    private BoundExpression? CrossSection(
        FunctionCall call,
        BoundExpression[] partitionBy,
        SortKey[] orderBy,
        RowsFrame frame,
        bool includePeers
    )
    {
        if (call.Name.Name is not ("zscore" or "pct_rank"))
            return null;
        RefuseAggregateForms(call, "only an aggregate");
        if (call.Arguments.Count != 1)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                call,
                $"{call.Name.Name} takes 1 argument(s), not {call.Arguments.Count}"
            );
        }

        var value = Bind(call.Arguments[0].Value);
        RefuseNestedWindow(value, call);
        if (call.Name.Name == "pct_rank")
        {
            if (orderBy.Length > 0)
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    call,
                    "pct_rank orders its window by its argument; use percent_rank() OVER (... ORDER BY ...)"
                );
            }

            var item = new SortItem(call.Arguments[0].Span, call.Arguments[0].Value, false, null);
            var rank = new WindowCall("percent_rank", [], RowsFrame.ToCurrentRow, false, DataType.Double, null);
            return Windows!.Add(new PendingWindow(partitionBy, [SortKeyOf(value, item)], rank));
        }

        if (!value.Type.IsNumeric)
            throw session.Error(ErrorCode.TypeMismatch, call.Arguments[0], $"zscore takes a number, not {value.Type}");
        if (value.Type != DataType.Double)
            value = new Execution.CastExpression(value, DataType.Double);
        BoundExpression Over(string name)
        {
            var (overload, typed) = AggregateArguments(FunctionRegistry.Aggregates[name], call, [value]);
            var pending = new WindowCall(name, typed, frame, includePeers, overload.ReturnType, overload);
            return Windows!.Add(new PendingWindow(partitionBy, orderBy, pending));
        }

        static CallExpression Of(string name, BoundExpression left, BoundExpression right) =>
            new(FunctionRegistry.Scalars[name].Resolve([left.Type, right.Type])!, [left, right], true);
        var (mean, deviation) = (Over("avg"), Over("stddev"));
        var zero = new ConstantExpression(ConstantValue.Of(DataType.Double, 0.0));
        return new Execution.CaseExpression(
            [(Of("=", deviation, zero), new ConstantExpression(ConstantValue.Null(DataType.Double)))],
            Of("/", Of("-", value, mean), deviation),
            DataType.Double,
            true
        );
    }
}
