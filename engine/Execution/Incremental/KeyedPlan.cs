using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A plan whose rows can be told apart: the columns of the query, then the hidden ones that make up the key. Rows of a table are told
/// apart by <c>_seq</c>, groups by their keys, pairs of a join by the keys of both sides.
/// </summary>
/// <param name="Plan">Yields the visible columns, then hidden ones.</param>
/// <param name="VisibleCount">How many columns the query itself yields.</param>
/// <param name="KeyColumns">Indexes of the key, ascending as the key goes; visible or hidden.</param>
public sealed record KeyedPlan(PlanNode Plan, int VisibleCount, IReadOnlyList<int> KeyColumns)
{
    /// <summary>
    /// Finds the key of a bound plan, carrying hidden columns up where it needs them. Throws NotSupported, with the
    /// reason, for a plan whose rows cannot be told apart from step to step.
    /// </summary>
    public static KeyedPlan Of(PlanNode plan)
    {
        var (keyed, keys) = PlanKeys.Add(WatermarkSplit.Run(plan));
        var visible = plan.Schema.ColumnCount;
        if (keyed.Schema.ColumnCount == visible)
        {
            return new KeyedPlan(keyed, visible, keys);
        }

        // Visible columns first, as the query has them; only those hidden ones stay that the key needs.
        var hidden = keys.Where(k => k >= visible).Distinct().Order().ToList();
        int[] columns = [.. Enumerable.Range(0, visible), .. hidden];
        var expressions = columns.Select(c => (BoundExpression)ColumnOf(keyed, c)).ToArray();
        var names = columns.Select(c => keyed.Schema[c].Name).ToArray();
        return new KeyedPlan(
            new ProjectNode(keyed, expressions, names),
            visible,
            [.. keys.Select(k => k < visible ? k : visible + hidden.IndexOf(k))]
        );
    }

    /// <summary>
    /// A plan with what tells its rows apart: the plan itself, or one with further columns behind its own. Null where nothing does.
    /// </summary>
    public static (PlanNode Plan, IReadOnlyList<int> Keys)? TryAddKeys(PlanNode plan)
    {
        try
        {
            return PlanKeys.Add(plan);
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.NotSupported)
        {
            return null;
        }
    }

    /// <summary>A column of a plan as an expression over it.</summary>
    public static ColumnExpression ColumnOf(PlanNode plan, int index)
    {
        var column = plan.Schema[index];
        return new ColumnExpression(index, column.Name, column.Type, column.Nullable);
    }
}
