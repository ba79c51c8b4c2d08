using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Whether two plans of filters and projections over one table or view yield the same rows, in a form that finds most
/// that do.
/// </summary>
public static class RowPlanEquality
{
    /// <summary>
    /// True where both have the same filters and projections in the same order. False for any other node, and for calls that look a
    /// calendar up by its name: one of that name may be another by now.
    /// </summary>
    public static bool AreEqual(KeyedPlan left, KeyedPlan right) =>
        left.VisibleCount == right.VisibleCount
        && left.KeyColumns.SequenceEqual(right.KeyColumns)
        && AreEqual(left.Plan, right.Plan);

    private static bool AreEqual(PlanNode left, PlanNode right) =>
        (left, right) switch
        {
            (FilterNode a, FilterNode b) => IsSame(a.Predicate, b.Predicate) && AreEqual(a.Inputs[0], b.Inputs[0]),
            (ProjectNode a, ProjectNode b) => a.Names.SequenceEqual(b.Names)
                && a.Expressions.Count == b.Expressions.Count
                && a.Expressions.Zip(b.Expressions).All(pair => IsSame(pair.First, pair.Second))
                && AreEqual(a.Inputs[0], b.Inputs[0]),
            (ScanNode a, ScanNode b) => a.Source.Schema.Name == b.Source.Schema.Name
                && IsWhole(a)
                && IsWhole(b)
                && a.Request.Columns.SequenceEqual(b.Request.Columns),
            (KeyedScanNode a, KeyedScanNode b) => a.Source.Name == b.Source.Name
                && a.Schema.Columns.SequenceEqual(b.Schema.Columns),
            _ => false,
        };

    private static bool IsWhole(ScanNode scan) =>
        scan.Request
            is {
                Symbols: null,
                TimeFrom: long.MinValue,
                TimeTo: long.MaxValue,
                Predicates.Count: 0,
                Latest: LatestRow.All,
            };

    private static bool IsSame(BoundExpression left, BoundExpression right) =>
        left.Equals(right) && !NamesCalendar(left);

    private static bool NamesCalendar(BoundExpression expression) =>
        expression
            is CallExpression { Function.Function.Name: "trade_date" or "in_session" or CalendarCalls.BucketName }
        || BoundChildren.Of(expression).Any(NamesCalendar);
}
