using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Asks a scan for an order where that saves the operator above a hash table or a sort: clustered for groups, windows
/// and ASOF joins by symbol, by event time for ORDER BY time. <see cref="PlanProperties"/> says whether it does.
/// </summary>
internal static class ScanOrders
{
    public static PlanNode Run(PlanNode node)
    {
        if (node.Inputs.Count == 0)
            return node;
        node = node.WithInputs([.. node.Inputs.Select(Run)]);
        return node switch
        {
            AggregateNode { GroupsAreContiguous: false } aggregate
                when WantsGroupsInOrder(aggregate)
                    && aggregate.WithInputs(Ordered(aggregate.Inputs[0], ScanOrder.Clustered))
                        is AggregateNode { GroupsAreContiguous: true } better => better,
            WindowNode window => Window(window),
            ContextNode context => Context(context),
            AsofJoinNode join => join.WithInputs(
                AsofSide(join.Inputs[0], join.LeftKeys, join.LeftTime),
                AsofSide(join.Inputs[1], join.RightKeys, join.RightTime)
            ),
            WindowJoinNode join => join.WithInputs(
                join.Inputs[0],
                AsofSide(join.Inputs[1], join.RightKeys, join.RightTime)
            ),
            SortNode sort => Sort(sort),
            _ => node,
        };
    }

    // A group for each symbol fits a small table, which follows the runs of a segment as they lie: cheaper than merging segments
    // for an order that nobody needs. A bar is another matter: there are many, and each is complete after some rows.
    private static bool WantsGroupsInOrder(AggregateNode aggregate) =>
        aggregate.Keys.Count > 1
        || aggregate.Keys.Any(k => k.Type.Kind != TypeKind.Symbol)
        || aggregate.Aggregates.Any(a => a.Function.Function.KeepsRows);

    // The same plan over a scan in another order, where only row-by-row operators are in between.
    internal static PlanNode Ordered(PlanNode node, ScanOrder order) =>
        node switch
        {
            ScanNode { Request.Order: ScanOrder.None } scan
                when order != ScanOrder.Clustered || scan.Source.Schema.ClusterColumn >= 0 => scan.WithRequest(
                new ScanRequest
                {
                    Columns = scan.Request.Columns,
                    Symbols = scan.Request.Symbols,
                    TimeFrom = scan.Request.TimeFrom,
                    TimeTo = scan.Request.TimeTo,
                    Predicates = scan.Request.Predicates,
                    Order = order,
                }
            ),
            FilterNode or ProjectNode => node.WithInputs(Ordered(node.Inputs[0], order)),
            _ => node,
        };

    private static WindowNode Window(WindowNode window)
    {
        var clustered = Ordered(window.Inputs[0], ScanOrder.Clustered);
        return WindowNode.IsInOrder(clustered, window.PartitionBy, window.OrderBy, window.TieBreak)
            ? (WindowNode)window.WithInputs(clustered)
            : window;
    }

    private static ContextNode Context(ContextNode context)
    {
        var clustered = (ContextNode)context.WithInputs(Ordered(context.Inputs[0], ScanOrder.Clustered));
        return ReferenceEquals(PlanProperties.Of(clustered), PlanProperties.None) ? context : clustered;
    }

    private static PlanNode AsofSide(PlanNode side, IReadOnlyList<BoundExpression> keys, BoundExpression time)
    {
        var clustered = Ordered(side, ScanOrder.Clustered);
        return
            keys.Count == 1
            && PlanProperties.AreGroupsContiguous(clustered, keys)
            && PlanProperties.IsOrderedWithin(clustered, [new SortKey(time, false, false)])
            ? clustered
            : side;
    }

    // A scan by event time merges what is sorted already; that is cheaper than sorting it all again.
    private static PlanNode Sort(SortNode sort)
    {
        if (sort.Keys.Any(k => k.Descending))
            return sort;
        var ordered = Ordered(sort.Inputs[0], ScanOrder.EventTime);
        var properties = PlanProperties.Of(ordered);
        var isOrdered = properties is { IsTimeOrdered: true, TimeColumn: >= 0 };
        return isOrdered && PlanProperties.IsOrderedWithin(ordered, sort.Keys) ? ordered : sort;
    }
}
