using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Functions with OVER.</summary>
internal sealed partial class ExpressionBinder
{
    private static readonly string[] WindowFunctions =
    [
        "row_number",
        "rank",
        "dense_rank",
        "percent_rank",
        "cume_dist",
        "ntile",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "nth_value",
    ];

    private static readonly RowsFrame WholePartition = new(null, null);

    private BoundExpression Window(FunctionCall call)
    {
        if (enclosing is not null || Windows is null)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                call,
                enclosing is null
                    ? $"window functions are not allowed in {clause}; use QUALIFY or a subquery"
                    : $"a window function cannot stand inside {enclosing}; use a subquery"
            );
        }

        var over = call.Over!;
        enclosing = null;
        var partitionBy = over.PartitionBy.Select(Bind).ToArray();
        var orderBy = over.OrderBy.Select(SortKeyOf).ToArray();
        foreach (var key in partitionBy.Concat(orderBy.Select(k => k.Expression)))
            RefuseNestedWindow(key, call);
        var (frame, includePeers) = Frame(over);
        if (CrossSection(call, partitionBy, orderBy, frame, includePeers) is { } crossSection)
            return crossSection;
        var function = WindowFunctions.Contains(call.Name.Name)
            ? Ranking(call, frame, includePeers)
            : OverAggregate(call, frame, includePeers);
        foreach (var argument in function.Arguments)
            RefuseNestedWindow(argument, call);
        return Windows.Add(new PendingWindow(partitionBy, orderBy, function));
    }

    /// <summary>
    /// A key with PostgreSQL's default for NULL spelled out: last when ascending, first when descending.
    /// </summary>
    public SortKey SortKeyOf(SortItem item) => SortKeyOf(Bind(item.Expression), item);

    /// <summary>As the other form, for an expression that is bound already.</summary>
    public SortKey SortKeyOf(BoundExpression bound, SortItem item)
    {
        if (bound is StructExpression || bound.Type.IsArray)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                item,
                "a struct or an array has no order; name a field or a level"
            );
        }

        return new SortKey(bound, item.Descending, item.NullsFirst ?? item.Descending);
    }

    private void RefuseNestedWindow(BoundExpression expression, FunctionCall call)
    {
        if (ExpressionTree.Contains(expression, static e => e is WindowReference))
        {
            throw session.Error(ErrorCode.InvalidArgument, call, "window functions do not nest; use a subquery");
        }
    }

    private (RowsFrame Frame, bool IncludePeers) Frame(WindowSpecification over)
    {
        if (over.Frame is not { } frame)
            return over.OrderBy.Count == 0 ? (WholePartition, false) : (RowsFrame.ToCurrentRow, true);
        if (frame.Unit == FrameUnit.Range)
        {
            return (frame.Start.Kind, frame.End.Kind) switch
            {
                (FrameBoundKind.UnboundedPreceding, FrameBoundKind.UnboundedFollowing) => (WholePartition, false),
                (FrameBoundKind.UnboundedPreceding, FrameBoundKind.CurrentRow) => over.OrderBy.Count == 0
                    ? (WholePartition, false)
                    : (RowsFrame.ToCurrentRow, true),
                _ => throw session.Error(
                    ErrorCode.NotSupported,
                    frame,
                    "RANGE takes only UNBOUNDED PRECEDING to CURRENT ROW or UNBOUNDED FOLLOWING; use ROWS"
                ),
            };
        }

        if (
            frame.Start.Kind == FrameBoundKind.UnboundedFollowing
            || frame.End.Kind == FrameBoundKind.UnboundedPreceding
        )
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                frame,
                "a frame cannot start at its partition's end or end at its start"
            );
        }

        var (start, end) = (Offset(frame.Start), Offset(frame.End));
        return start > end
            ? throw session.Error(ErrorCode.InvalidArgument, frame, "the frame starts behind its end")
            : (new RowsFrame(start, end), false);
    }

    private long? Offset(FrameBound bound) =>
        bound.Kind switch
        {
            FrameBoundKind.CurrentRow => 0,
            FrameBoundKind.Preceding => -Count(bound.Offset!, "the offset of a frame"),
            FrameBoundKind.Following => Count(bound.Offset!, "the offset of a frame"),
            _ => null,
        };

    /// <summary>A whole number that is not negative and does not depend on a row.</summary>
    public long Count(Expression expression, string what)
    {
        var bound = BindAs(expression, DataType.BigInt, what);
        if (!ConstantEvaluator.IsConstant(bound))
        {
            throw session.Error(ErrorCode.NotSupported, expression, $"{what} must be a constant");
        }

        var value = session.Pointing(expression.Span, () => session.Constants.Evaluate(bound));
        return value is { IsNull: false, Integer: >= 0 }
            ? value.Integer
            : throw session.Error(
                ErrorCode.InvalidArgument,
                expression,
                $"{what} must not be {(value.IsNull ? "NULL" : "negative")}"
            );
    }

    private WindowCall Ranking(FunctionCall call, RowsFrame frame, bool includePeers)
    {
        RefuseAggregateForms(call, "only an aggregate");
        var name = call.Name.Name;
        var arguments = call.Arguments;
        var (least, most) = name switch
        {
            "lag" or "lead" => (1, 3),
            "first_value" or "last_value" => (1, 1),
            "nth_value" => (2, 2),
            "ntile" => (1, 1),
            _ => (0, 0),
        };
        if (arguments.Count < least || arguments.Count > most)
        {
            var wanted = least == most ? $"{least}" : $"{least} to {most}";
            throw session.Error(
                ErrorCode.TypeMismatch,
                call,
                $"{name} takes {wanted} argument(s), not {arguments.Count}"
            );
        }

        if (least == 0)
        {
            var type = name is "percent_rank" or "cume_dist" ? DataType.Double : DataType.BigInt;
            return new WindowCall(name, [], RowsFrame.ToCurrentRow, false, type, null);
        }

        if (name == "ntile")
        {
            var tiles = Count(arguments[0].Value, "the argument of ntile");
            if (tiles == 0)
                throw session.Error(ErrorCode.InvalidArgument, arguments[0], "ntile takes at least 1 tile");
            var constant = new ConstantExpression(ConstantValue.Of(DataType.BigInt, tiles));
            return new WindowCall(name, [constant], RowsFrame.ToCurrentRow, false, DataType.BigInt, null);
        }

        var bound = new List<BoundExpression> { Bind(arguments[0].Value) };
        if (bound[0] is StructExpression)
        {
            throw session.Error(ErrorCode.TypeMismatch, arguments[0], $"{name} takes a field of a struct");
        }

        if (arguments.Count > 1)
        {
            var count = Count(arguments[1].Value, $"the second argument of {name}");
            if (name == "nth_value" && count == 0)
            {
                throw session.Error(ErrorCode.InvalidArgument, arguments[1], "nth_value counts from 1");
            }

            bound.Add(new ConstantExpression(ConstantValue.Of(DataType.BigInt, count)));
        }

        if (arguments.Count > 2)
        {
            var otherwise = BindOpen(arguments[2].Value);
            if (bound[0].Type == DataType.Symbol && otherwise is UntypedText)
            {
                bound[0] = new Execution.CastExpression(bound[0], DataType.Varchar);
            }

            bound.Add(Coercion.To(session, otherwise, bound[0].Type, arguments[2].Span));
        }

        return new WindowCall(name, bound, frame, includePeers, bound[0].Type, null);
    }

    private WindowCall OverAggregate(FunctionCall call, RowsFrame frame, bool includePeers)
    {
        var name = call.Name.Name;
        if (name == OhlcvName || !FunctionRegistry.Aggregates.TryGetValue(name, out var function))
        {
            throw session.Error(
                FunctionRegistry.Scalars.ContainsKey(name) || name == OhlcvName
                    ? ErrorCode.InvalidArgument
                    : ErrorCode.UnknownName,
                call.Name,
                $"\"{name}\" is not a window function: aggregates are, and {string.Join(", ", WindowFunctions)}"
            );
        }

        if (call.Distinct)
            throw session.Error(ErrorCode.NotSupported, call, "DISTINCT is not available over a window");
        var arguments = call.Arguments.Select(Positional).ToArray();
        if (call.Filter is not null)
            arguments = Filtered(arguments, call);
        var (overload, typed) = AggregateArguments(function, call, arguments);
        return new WindowCall(name, typed, frame, includePeers, overload.ReturnType, overload);
    }

    // Aggregates skip NULL, so a row that the filter leaves out gives NULL instead of its value.
    private BoundExpression[] Filtered(BoundExpression[] arguments, FunctionCall call)
    {
        var condition = Condition(call.Filter!, "FILTER");
        var value =
            arguments.Length == 0
                ? new ConstantExpression(ConstantValue.Of(DataType.BigInt, 1L))
                : Coercion.Settle(arguments[0]);
        var otherwise = new ConstantExpression(ConstantValue.Null(value.Type));
        var masked = new Execution.CaseExpression([(condition, value)], otherwise, value.Type, true);
        return arguments.Length == 0 ? [masked] : [masked, .. arguments[1..]];
    }
}
