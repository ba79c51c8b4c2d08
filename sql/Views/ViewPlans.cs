using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Optimizer;

namespace TickStore.Sql.Views;

/// <summary>Definitions of views as plans that run over a snapshot, or that are kept up.</summary>
internal static class ViewPlans
{
    /// <summary>
    /// The plan of a definition: constants are folded, columns pruned, and those that tell rows apart added. No more, for a circuit
    /// takes every row of its tables.
    /// </summary>
    /// <param name="plan">As bound.</param>
    /// <param name="visibleCount">How many of its columns may be named; those behind are hidden.</param>
    /// <param name="catalog">For constants.</param>
    public static KeyedPlan Keyed(PlanNode plan, int visibleCount, IBindingCatalog catalog)
    {
        // Keys come last: they put back what pruning takes away, the sequence of each scan.
        var folded = ColumnPruning.Run(new ConstantFolding(catalog).Run(plan));
        return KeyedPlan.Of(PlanChecker.Run(folded)) with { VisibleCount = visibleCount };
    }

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

    /// <summary>The tables and views that a plan reads, each once, in the order of their first appearance.</summary>
    public static IReadOnlyList<(string Name, bool IsView)> Reads(PlanNode plan)
    {
        var found = new List<(string Name, bool IsView)>();
        Collect(plan);
        return found;

        void Collect(PlanNode node)
        {
            var leaf = node switch
            {
                ScanNode scan => (scan.Source.Schema.Name, false),
                KeyedScanNode keyed => (keyed.Source.Name, true),
                _ => default((string Name, bool IsView)?),
            };
            if (leaf is { } read && !found.Contains(read))
                found.Add(read);
            foreach (var input in node.Inputs)
                Collect(input);
        }
    }
}
