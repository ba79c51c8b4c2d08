using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>Which of several right rows of one time comes first.</summary>
internal sealed partial class FromBinder
{
    /// <summary>
    /// What orders right rows of one time beyond their sequence, if they have one: the key that tells them apart, which the side may have
    /// to carry as further columns. So rows of groups, unions and pairs have one order, however they were computed, and a view that is kept
    /// up has the same. Nothing for rows of a table, and for those that no key tells apart, such as the first ten of a sort: these stay in
    /// the order in which they come.
    /// </summary>
    private static (Relation Side, BoundExpression[] Ties) TiesOf(Relation side, ColumnExpression? sequence)
    {
        if (KeyedPlan.TryAddKeys(side.Plan) is not var (plan, keys) || (keys is [var key] && key == sequence?.Index))
            return (side, []);
        return (side.WithPlan(plan), [.. keys.Select(k => ColumnOf(plan, k))]);
    }
}
