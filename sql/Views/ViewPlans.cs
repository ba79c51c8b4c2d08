using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Optimizer;

namespace TickStore.Sql.Views;

/// <summary>Definitions of views as plans that run over a snapshot, or that are kept up.</summary>
internal static class ViewPlans
{
    /// <summary>
    /// The plan of a definition: the columns that tell rows apart are added, constants folded and columns pruned. No more, for a circuit
    /// takes every row of its tables.
    /// </summary>
    /// <param name="plan">As bound.</param>
    /// <param name="visibleCount">How many of its columns may be named; those behind are hidden.</param>
    /// <param name="catalog">For constants.</param>
    public static KeyedPlan Keyed(PlanNode plan, int visibleCount, IBindingCatalog catalog)
    {
        var keyed = KeyedPlan.Of(plan);
        var folded = ColumnPruning.Run(new ConstantFolding(catalog).Run(keyed.Plan));
        return keyed with { Plan = PlanChecker.Run(folded), VisibleCount = visibleCount };
    }

    /// <summary>
    /// A definition's plan over the state of one moment.
    /// </summary>
    /// <param name="plan">The plan of a definition.</param>
    /// <param name="table">A table at that moment.</param>
    /// <param name="view">A view at that moment: its contents or, again, its plan.</param>
    /// <param name="watermark">The watermark of a table at that moment, in nanoseconds.</param>
    public static PlanNode Over(
        PlanNode plan,
        Func<string, ITableSource> table,
        Func<string, PlanNode> view,
        Func<string, long> watermark
    )
    {
        switch (plan)
        {
            case ScanNode scan:
                return new ScanNode(table(scan.Source.Schema.Name), scan.Request);
            case KeyedScanNode keyed:
                return view(keyed.Source.Name);
            default:
                var inputs = plan.Inputs.Select(i => Over(i, table, view, watermark)).ToArray();
                return PlanExpressions.Map(plan, inputs, (e, _) => Settle(e, watermark));
        }
    }

    /// <summary>An expression with watermarks as the constants that they are at one moment.</summary>
    public static BoundExpression Settle(BoundExpression expression, Func<string, long> watermark) =>
        ExpressionTree.Rewrite(
            expression,
            e =>
                e is WatermarkExpression w
                    ? new ConstantExpression(ConstantValue.Of(DataType.Timestamp, watermark(w.Table)))
                    : null
        );

    /// <summary>
    /// The table whose watermark says when a row of the plan is final: the one that stands first in it, however deep.
    /// </summary>
    public static string? DrivingTable(PlanNode plan, Func<string, PlanNode?> planOfView) =>
        plan switch
        {
            ScanNode scan => scan.Source.Schema.Name,
            KeyedScanNode keyed => planOfView(keyed.Source.Name) is { } below ? DrivingTable(below, planOfView) : null,
            { Inputs.Count: 0 } => null,
            _ => DrivingTable(plan.Inputs[0], planOfView),
        };
}
