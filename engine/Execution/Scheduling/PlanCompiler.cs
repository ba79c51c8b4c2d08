using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Finds the running form of each node. One line for each operator: this is the list of them.</summary>
internal static class PlanCompiler
{
    public static PhysicalOperator Compile(PlanNode node) =>
        node switch
        {
            ScanNode scan => new ScanOperator(scan),
            KeyedScanNode keyed => new KeyedScanOperator(keyed),
            ValuesNode values => new ValuesOperator(values),
            FilterNode filter => new FilterOperator(filter, Compile(filter.Inputs[0])),
            ProjectNode project => new ProjectOperator(project, Compile(project.Inputs[0])),
            LimitNode limit => new LimitOperator(limit, Compile(limit.Inputs[0])),
            UnionAllNode union => new UnionAllOperator(union, [.. union.Inputs.Select(Compile)]),
            AggregateNode { GroupsAreContiguous: true } ordered => new OrderedAggregateOperator(
                ordered,
                Compile(ordered.Inputs[0])
            ),
            AggregateNode aggregate => new HashAggregateOperator(aggregate, Compile(aggregate.Inputs[0])),
            SortNode sort => new SortOperator(sort, Compile(sort.Inputs[0])),
            TopNNode top => new TopNOperator(top, Compile(top.Inputs[0])),
            JoinNode join => new HashJoinOperator(join, Compile(join.Inputs[0]), Compile(join.Inputs[1])),
            AsofJoinNode asof => new AsofJoinOperator(asof, Compile(asof.Inputs[0]), Compile(asof.Inputs[1])),
            WindowJoinNode join => new WindowJoinOperator(join, Compile(join.Inputs[0]), Compile(join.Inputs[1])),
            AlertNode alert => new AlertOperator(alert, Compile(alert.Sorted(alert.Inputs[0]))),
            IndexNode index => new IndexOperator(
                index,
                Compile(index.Inputs[0]),
                Compile(index.Inputs[1]),
                Compile(index.Inputs[2])
            ),
            WindowNode window => new WindowOperator(window, Compile(window.Inputs[0])),
            ContextNode context => new ContextOperator(context, Compile(context.Inputs[0])),
            _ => Throw.Error<PhysicalOperator>(
                ErrorCode.Internal,
                $"No operator runs a plan node of type {node.GetType().Name}"
            ),
        };
}
