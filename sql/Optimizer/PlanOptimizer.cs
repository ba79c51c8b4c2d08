using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Rewrites a bound plan into a cheaper one with the same rows: named passes, each once, in this order.
/// </summary>
internal sealed class PlanOptimizer
{
    private readonly (string Name, Func<PlanNode, PlanNode> Run)[] passes;

    /// <summary>Makes the passes; <paramref name="catalog"/> gives symbols, and memory for folding constants.</summary>
    public PlanOptimizer(IBindingCatalog catalog) =>
        passes = [
            // First, so that later passes find constants where the text had expressions, and columns without casts.
            ("fold constants", new ConstantFolding(catalog).Run),
            // Before pruning, for a column that only a pushed predicate reads need not leave the scan.
            ("push predicates", plan => new PredicatePushDown(catalog.Symbols).Run(plan)),
            // Before pruning, which then leaves out the columns that only broke ties.
            ("drop ties", WindowTies.Run),
            // After predicates have gone where they go, so that what is above is all that still reads columns.
            ("prune columns", ColumnPruning.Run),
            // After pruning has put groups and windows right above their scans; a scan's order then is settled.
            ("find latest rows", LatestRows.Run),
            // Last of the rewrites: the order of a scan depends on the columns that are left and on who reads it.
            ("choose scan orders", ScanOrders.Run),
            // Changes nothing: a defect of a pass above is refused here instead of giving wrong rows.
            ("check", PlanChecker.Run),
        ];

    /// <summary>The plan after all passes. The output columns are the same, in the same order.</summary>
    public PlanNode Run(PlanNode plan)
    {
        foreach (var (_, run) in passes)
            plan = run(plan);
        return plan;
    }
}
