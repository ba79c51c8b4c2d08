using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Prepares a plan for being kept up: comparisons with a watermark move out of filters and projections into a projection below, which
/// yields all columns of its input and then a BOOLEAN for each comparison. So one operator waits for time to pass, and what is above it
/// is without state. The rows of the plan stay the same.
/// </summary>
internal static class WatermarkSplit
{
    /// <summary>
    /// The plan, split. Throws NotSupported for a watermark that is not the right side of <c>expression &lt;= watermark</c>, or that stands
    /// in another node than a filter or a projection.
    /// </summary>
    public static PlanNode Run(PlanNode plan)
    {
        var node = plan.Inputs.Count == 0 ? plan : plan.WithInputs([.. plan.Inputs.Select(Run)]);
        switch (node)
        {
            case FilterNode filter when Contains(filter.Predicate):
            {
                var (below, rewritten) = Split(filter.Inputs[0], [filter.Predicate]);
                var width = filter.Schema.ColumnCount;
                return new ProjectNode(
                    new FilterNode(below, rewritten[0]),
                    [.. Enumerable.Range(0, width).Select(i => (BoundExpression)KeyedPlan.ColumnOf(below, i))],
                    [.. filter.Schema.Columns.Select(c => c.Name)]
                );
            }
            case ProjectNode project when project.Expressions.Any(Contains) && !IsFlags(project):
            {
                var (below, rewritten) = Split(project.Inputs[0], project.Expressions);
                return new ProjectNode(below, rewritten, project.Names);
            }
            case FilterNode or ProjectNode:
                return node;
            default:
                RefuseIn(node);
                return node;
        }
    }

    /// <summary>True for a projection that <see cref="Run"/> made: all columns of its input, then comparisons with watermarks.</summary>
    public static bool IsFlags(ProjectNode project)
    {
        var width = project.Inputs[0].Schema.ColumnCount;
        return project.Expressions.Count > width
            && project
                .Expressions.Take(width)
                .Select((e, i) => e is ColumnExpression c && c.Index == i)
                .All(same => same)
            && project.Expressions.Skip(width).All(e => ConditionOf(e) is not null);
    }

    /// <summary>What an expression compares with which table's watermark, where it is such a comparison; else null.</summary>
    public static (BoundExpression Time, string Table)? ConditionOf(BoundExpression expression) =>
        expression switch
        {
            CallExpression { Function.Function.Name: "<=", Arguments: [var time, WatermarkExpression watermark] }
                when !Contains(time) => (time, watermark.Table),
            CallExpression { Function.Function.Name: ">=", Arguments: [WatermarkExpression watermark, var time] }
                when !Contains(time) => (time, watermark.Table),
            _ => null,
        };

    private static bool Contains(BoundExpression expression) =>
        expression is WatermarkExpression || BoundChildren.Of(expression).Any(Contains);

    private static (ProjectNode Below, BoundExpression[] Rewritten) Split(
        PlanNode input,
        IReadOnlyList<BoundExpression> expressions
    )
    {
        var width = input.Schema.ColumnCount;
        var conditions = new List<BoundExpression>();
        BoundExpression? Replace(BoundExpression expression)
        {
            if (expression is WatermarkExpression)
            {
                return Throw.Error<BoundExpression>(
                    ErrorCode.NotSupported,
                    "A view may use a watermark only in a comparison such as bar_close <= watermark, as is_final is: anything else "
                        + "would change all its rows with every new one"
                );
            }

            if (ConditionOf(expression) is null)
            {
                return null;
            }

            var index = conditions.IndexOf(expression);
            if (index < 0)
            {
                index = conditions.Count;
                conditions.Add(expression);
            }

            return new ColumnExpression(width + index, $"passed{index + 1}", DataType.Boolean, expression.Nullable);
        }

        var rewritten = expressions.Select(e => BoundChildren.Rewrite(e, Replace)).ToArray();
        var below = new ProjectNode(
            input,
            [.. Enumerable.Range(0, width).Select(i => KeyedPlan.ColumnOf(input, i)), .. conditions],
            [.. input.Schema.Columns.Select(c => c.Name), .. conditions.Select((_, i) => $"passed{i + 1}")]
        );
        return (below, rewritten);
    }

    private static void RefuseIn(PlanNode node)
    {
        IEnumerable<BoundExpression> expressions = node switch
        {
            AggregateNode aggregate => aggregate.Keys.Concat(
                aggregate.Aggregates.SelectMany(a => a.Filter is null ? a.Arguments : a.Arguments.Append(a.Filter))
            ),
            WindowNode window => window
                .PartitionBy.Concat(window.OrderBy.Select(k => k.Expression))
                .Concat(window.Calls.SelectMany(c => c.Arguments)),
            JoinNode join => join.LeftKeys.Concat(join.RightKeys).Concat(join.Residual is null ? [] : [join.Residual]),
            _ => [],
        };
        if (expressions.Any(Contains))
        {
            Throw.Error(
                ErrorCode.NotSupported,
                $"A view may compare with a watermark (is_final) in WHERE, HAVING and the select list, not in {node.Name}"
            );
        }
    }
}
