using TickStore.Execution;

namespace TickStore.Sql.Optimizer;

/// <summary>The one place that knows where in each node expressions stand.</summary>
internal static class PlanExpressions
{
    /// <summary>
    /// The node over other inputs, with every expression mapped. <paramref name="map"/> gets the index of the input
    /// that the expression reads: 0 or 1; 2 for what reads the node's own columns, a join's residual or the calls of a
    /// context; 3 for what a window join aggregates, over the columns of both inputs side by side.
    /// </summary>
    public static PlanNode Map(
        PlanNode node,
        IReadOnlyList<PlanNode> inputs,
        Func<BoundExpression, int, BoundExpression> map
    )
    {
        IReadOnlyList<BoundExpression> All(IReadOnlyList<BoundExpression> expressions, int input = 0) =>
            [.. expressions.Select(e => map(e, input))];
        IReadOnlyList<SortKey> Keys(IReadOnlyList<SortKey> keys) =>
            [.. keys.Select(k => k with { Expression = map(k.Expression, 0) })];
        return node switch
        {
            FilterNode filter => new FilterNode(inputs[0], map(filter.Predicate, 0)),
            ProjectNode project => new ProjectNode(inputs[0], All(project.Expressions), project.Names),
            AggregateNode aggregate => new AggregateNode(
                inputs[0],
                All(aggregate.Keys),
                [.. aggregate.Aggregates.Select(a => Map(a, map))],
                aggregate.Names
            ),
            SortNode sort => new SortNode(inputs[0], Keys(sort.Keys)),
            TopNNode top => new TopNNode(inputs[0], Keys(top.Keys), top.Limit, top.Offset),
            WindowNode window => new WindowNode(
                inputs[0],
                All(window.PartitionBy),
                Keys(window.OrderBy),
                [.. window.Calls.Select(c => c with { Arguments = All(c.Arguments) })],
                window.Names,
                Keys(window.TieBreak)
            ),
            ContextNode context => new ContextNode(
                inputs[0],
                All(context.Keys),
                context.Reset is null ? null : map(context.Reset, 0),
                map(context.Time, 0),
                context.Sequence is null ? null : map(context.Sequence, 0),
                [.. context.Calls.Select(c => c with { Arguments = All(c.Arguments, 2) })],
                context.Names
            ),
            JoinNode join => new JoinNode(
                inputs[0],
                inputs[1],
                join.Kind,
                All(join.LeftKeys),
                All(join.RightKeys, 1),
                join.Residual is null ? null : map(join.Residual, 2)
            ),
            AsofJoinNode join => new AsofJoinNode(
                inputs[0],
                inputs[1],
                join.Kind,
                All(join.LeftKeys),
                All(join.RightKeys, 1),
                map(join.LeftTime, 0),
                map(join.RightTime, 1),
                join.Direction,
                join.AllowExactMatch,
                join.Tolerance,
                join.RightSequence is null ? null : map(join.RightSequence, 1),
                All(join.RightTies, 1)
            ),
            WindowJoinNode join => join.With(
                inputs[0],
                inputs[1],
                All(join.LeftKeys),
                All(join.RightKeys, 1),
                map(join.LeftTime, 0),
                map(join.RightTime, 1),
                All(join.RightTies, 1),
                [.. join.Aggregates.Select(a => Map(a, (e, _) => map(e, 3)))]
            ),
            _ => node.Inputs.Count == 0 ? node : node.WithInputs([.. inputs]),
        };
    }

    private static AggregateCall Map(AggregateCall call, Func<BoundExpression, int, BoundExpression> map) =>
        call with
        {
            Arguments = [.. call.Arguments.Select(a => map(a, 0))],
            Filter = call.Filter is null ? null : map(call.Filter, 0),
        };
}
