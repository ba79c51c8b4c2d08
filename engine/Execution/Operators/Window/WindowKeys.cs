using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The keys of a window's rows are those of its input. They break ties as well, behind what the query's own order leaves open, so that the
/// plan says of any two rows which comes first.
/// </summary>
internal static class WindowKeys
{
    /// <summary>The window over an input with keys; columns that the input had to get for them come behind the calls.</summary>
    public static (PlanNode Plan, IReadOnlyList<int> Keys) Add(WindowNode window)
    {
        var width = window.Inputs[0].Schema.ColumnCount;
        var (input, keys) = PlanKeys.Add(window.Inputs[0]);
        var hidden = input.Schema.ColumnCount - width;
        var keyed = Over(window, input, keys);
        if (hidden == 0)
        {
            return (keyed, keys);
        }

        int[] order =
        [
            .. Enumerable.Range(0, width),
            .. Enumerable.Range(width + hidden, window.Calls.Count),
            .. Enumerable.Range(width, hidden),
        ];
        return (Reordered(keyed, order), [.. keys.Select(k => k < width ? k : k + window.Calls.Count)]);
    }

    /// <summary>The window over a wider input, whose key breaks the ties that are left.</summary>
    public static WindowNode Over(WindowNode window, PlanNode input, IReadOnlyList<int> keys)
    {
        var ties = window.TieBreak.ToList();
        foreach (var key in window.Calls.Any(WindowNode.DependsOnTies) ? keys : [])
        {
            var column = KeyedPlan.ColumnOf(input, key);
            if (!ties.Any(t => t.Expression is ColumnExpression c && c.Index == key))
            {
                ties.Add(new SortKey(column, Descending: false, NullsFirst: false));
            }
        }

        return new WindowNode(input, window.PartitionBy, window.OrderBy, window.Calls, window.Names, ties);
    }

    /// <summary>Some columns of a plan in another order.</summary>
    public static ProjectNode Reordered(PlanNode plan, IReadOnlyList<int> order) =>
        new(
            plan,
            [.. order.Select(c => (BoundExpression)KeyedPlan.ColumnOf(plan, c))],
            [.. order.Select(c => plan.Schema[c].Name)]
        );
}
