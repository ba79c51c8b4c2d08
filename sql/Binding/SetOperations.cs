using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>UNION, INTERSECT and EXCEPT as groups: NULL equals NULL there, as among group keys.</summary>
internal static class SetOperations
{
    /// <summary>Each distinct row once.</summary>
    public static PlanNode Distinct(PlanNode plan) => new AggregateNode(plan, Columns(plan), [], Names(plan));

    /// <summary>
    /// The distinct rows of <paramref name="left"/> that <paramref name="right"/> has too, or that it lacks: rows of
    /// both sides are grouped, and each group knows from which sides it has rows.
    /// </summary>
    public static PlanNode Compare(PlanNode left, PlanNode right, bool keepCommon)
    {
        var width = left.Schema.ColumnCount;
        var union = new UnionAllNode(Tagged(left, true), Tagged(right, false));
        var fromLeft = new ColumnExpression(width, "from_left", DataType.Boolean, false);
        var count = FunctionRegistry.Aggregates["count"].Resolve([])!;
        var groups = new AggregateNode(
            union,
            [.. Columns(union).Take(width)],
            [
                new AggregateCall(count, [], false, fromLeft),
                new AggregateCall(count, [], false, new NotExpression(fromLeft)),
            ],
            [.. Names(left), "left_rows", "right_rows"]
        );
        var zero = new ConstantExpression(ConstantValue.Of(count.ReturnType, 0L));
        var wanted = new LogicalExpression(
            true,
            [Compare(">", groups, width, zero), Compare(keepCommon ? ">" : "=", groups, width + 1, zero)],
            true
        );
        return new ProjectNode(new FilterNode(groups, wanted), [.. Columns(groups).Take(width)], Names(left));
    }

    private static CallExpression Compare(string name, PlanNode plan, int column, ConstantExpression constant)
    {
        var overload = FunctionRegistry.Scalars[name].Resolve([constant.Type, constant.Type])!;
        return new CallExpression(overload, [FromBinder.ColumnOf(plan, column), constant], true);
    }

    private static ProjectNode Tagged(PlanNode plan, bool isLeft) =>
        new(plan, [.. Columns(plan), new ConstantExpression(ConstantValue.Of(isLeft))], [.. Names(plan), "from_left"]);

    private static BoundExpression[] Columns(PlanNode plan) =>
        [.. Enumerable.Range(0, plan.Schema.ColumnCount).Select(i => FromBinder.ColumnOf(plan, i))];

    private static string[] Names(PlanNode plan) => [.. plan.Schema.Columns.Select(c => c.Name)];
}
