using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Moves conditions towards the scans: through projections, groups, windows, unions and joins; between the inputs of an
/// inner join an equality becomes a key. What a scan cannot do itself stays in a filter just above it.
/// </summary>
internal sealed class PredicatePushDown(ISymbolTable symbols)
{
    public PlanNode Run(PlanNode plan) => Push(plan, []);

    private PlanNode Push(PlanNode node, List<BoundExpression> conditions)
    {
        switch (node)
        {
            case FilterNode filter:
                conditions.AddRange(ExpressionTree.Conjuncts(filter.Predicate));
                return Push(filter.Inputs[0], conditions);
            case ScanNode scan:
                return PushIntoScan(scan, conditions);
            case ProjectNode project:
                return Split(
                    project,
                    conditions,
                    c => ExpressionTree.ColumnsOf(c).All(i => project.Expressions[i] is ColumnExpression),
                    c => Substitute(c, project.Expressions)
                );
            case AggregateNode aggregate:
                return Split(
                    aggregate,
                    conditions,
                    c => ExpressionTree.ColumnsOf(c) is { Count: > 0 } columns && columns.Max < aggregate.Keys.Count,
                    c => Substitute(c, aggregate.Keys)
                );
            case WindowNode window:
                return Split(
                    window,
                    conditions,
                    c =>
                        ExpressionTree.ColumnsOf(c) is { Count: > 0 } columns
                        && columns.All(i =>
                            window.PartitionBy.Any(p => p is ColumnExpression partition && partition.Index == i)
                        ),
                    c => c
                );
            case ContextNode context:
                return Split(
                    context,
                    conditions,
                    c =>
                        ExpressionTree.ColumnsOf(c) is { Count: > 0 } columns
                        && columns.All(i => context.Keys.Any(k => k is ColumnExpression key && key.Index == i)),
                    c => c
                );
            // A sort drops no row, so its filter may as well come first.
            case SortNode:
                return Split(node, conditions, static _ => true, static c => c);
            case UnionAllNode union:
                return union.WithInputs([.. union.Inputs.Select(input => Push(input, [.. conditions]))]);
            case JoinNode join:
                return PushIntoJoin(join, conditions);
            case AsofJoinNode join:
                return PushIntoAsof(join, join.LeftKeys, join.RightKeys, conditions);
            case WindowJoinNode join:
                return PushIntoAsof(join, join.LeftKeys, join.RightKeys, conditions);
            default:
                return Above(node.Inputs.Count == 0 ? node : node.WithInputs([.. node.Inputs.Select(Run)]), conditions);
        }
    }

    private static PlanNode Above(PlanNode node, IReadOnlyList<BoundExpression> conditions) =>
        ExpressionTree.AndAll(conditions) is { } condition ? new FilterNode(node, condition) : node;

    private static BoundExpression Substitute(BoundExpression condition, IReadOnlyList<BoundExpression> columns) =>
        ExpressionTree.Rewrite(condition, e => e is ColumnExpression c ? columns[c.Index] : null);

    private PlanNode Split(
        PlanNode node,
        List<BoundExpression> conditions,
        Func<BoundExpression, bool> goesBelow,
        Func<BoundExpression, BoundExpression> rewrite
    )
    {
        var below = conditions.Where(goesBelow).Select(rewrite).ToList();
        return Above(node.WithInputs(Push(node.Inputs[0], below)), [.. conditions.Where(c => !goesBelow(c))]);
    }

    private PlanNode PushIntoScan(ScanNode scan, List<BoundExpression> conditions)
    {
        var predicates = new ScanPredicates(scan, symbols);
        BoundExpression[] rest = [.. conditions.Where(c => !predicates.TryAdd(c))];
        return Above(predicates.ToScan(), rest);
    }

    private JoinNode PushIntoJoinInputs(
        JoinNode join,
        List<BoundExpression> left,
        List<BoundExpression> right,
        List<BoundExpression> residual,
        List<BoundExpression> leftKeys,
        List<BoundExpression> rightKeys
    )
    {
        CopyAcrossKeys(left, right, leftKeys, rightKeys);
        if (join.Kind == JoinKind.Inner)
            CopyAcrossKeys(right, left, rightKeys, leftKeys);
        return new JoinNode(
            Push(join.Inputs[0], left),
            Push(join.Inputs[1], right),
            join.Kind,
            leftKeys,
            rightKeys,
            ExpressionTree.AndAll(residual)
        );
    }

    private PlanNode PushIntoJoin(JoinNode join, List<BoundExpression> conditions)
    {
        var width = join.Inputs[0].Schema.ColumnCount;
        List<BoundExpression> left = [],
            right = [],
            above = [],
            residual = [];
        List<BoundExpression> leftKeys = [.. join.LeftKeys],
            rightKeys = [.. join.RightKeys];
        var isInner = join.Kind == JoinKind.Inner;
        var parts = join.Residual is null
            ? []
            : ExpressionTree.Conjuncts(join.Residual).Select(c => (Condition: c, IsOn: true));
        foreach (var (condition, isOn) in parts.Concat(conditions.Select(c => (Condition: c, IsOn: false))))
        {
            var columns = ExpressionTree.ColumnsOf(condition);
            var isLeft = columns.Count > 0 && columns.Max < width;
            var isRight = columns.Count > 0 && columns.Min >= width;
            // In a left join ON decides about partners, and WHERE about rows that may have none.
            if (isLeft && (isInner || !isOn))
                left.Add(condition);
            else if (isRight && (isInner || isOn))
                right.Add(ExpressionTree.Shift(condition, -width));
            else if (isInner && TryAddKey(condition, width, leftKeys, rightKeys))
                continue;
            else if (isInner || isOn)
                residual.Add(condition);
            else
                above.Add(condition);
        }

        return Above(PushIntoJoinInputs(join, left, right, residual, leftKeys, rightKeys), above);
    }

    private static bool TryAddKey(
        BoundExpression condition,
        int width,
        List<BoundExpression> leftKeys,
        List<BoundExpression> rightKeys
    )
    {
        if (
            condition is not CallExpression { Function.Function.Name: "=", Arguments: [var first, var second] }
            || first.Type != second.Type
            || first.Type.IsArray
        )
        {
            return false;
        }

        var (firstColumns, secondColumns) = (ExpressionTree.ColumnsOf(first), ExpressionTree.ColumnsOf(second));
        if (firstColumns.Count == 0 || secondColumns.Count == 0)
            return false;
        if (secondColumns.Max < width && firstColumns.Min >= width)
            (first, second) = (second, first);
        else if (firstColumns.Max >= width || secondColumns.Min < width)
            return false;
        leftKeys.Add(first);
        rightKeys.Add(ExpressionTree.Shift(second, -width));
        return true;
    }

    private PlanNode PushIntoAsof(
        PlanNode join,
        IReadOnlyList<BoundExpression> leftKeys,
        IReadOnlyList<BoundExpression> rightKeys,
        List<BoundExpression> conditions
    )
    {
        var width = join.Inputs[0].Schema.ColumnCount;
        List<BoundExpression> left = [],
            above = [],
            right = [];
        foreach (var condition in conditions)
        {
            var columns = ExpressionTree.ColumnsOf(condition);
            (columns.Count > 0 && columns.Max < width ? left : above).Add(condition);
        }

        // A condition on the right side would change which row is the closest, but for one on the keys.
        CopyAcrossKeys(left, right, leftKeys, rightKeys);
        return Above(join.WithInputs(Push(join.Inputs[0], left), Push(join.Inputs[1], right)), above);
    }

    // What holds for a key of one side holds for its partners' key too.
    private static void CopyAcrossKeys(
        IReadOnlyList<BoundExpression> from,
        List<BoundExpression> to,
        IReadOnlyList<BoundExpression> fromKeys,
        IReadOnlyList<BoundExpression> toKeys
    )
    {
        for (var i = 0; i < fromKeys.Count; i++)
        {
            if (fromKeys[i] is not ColumnExpression source || toKeys[i] is not ColumnExpression target)
                continue;
            if (source.Type != target.Type)
                continue;
            foreach (var condition in from)
            {
                if (condition is IsNullExpression || !ExpressionTree.ColumnsOf(condition).SetEquals([source.Index]))
                    continue;
                var copy = ExpressionTree.Rewrite(condition, e => e is ColumnExpression ? target : null);
                if (!to.Contains(copy))
                    to.Add(copy);
            }
        }
    }
}
