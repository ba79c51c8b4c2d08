using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>GROUP BY: its keys, and expressions put over its result.</summary>
internal sealed partial class SelectBinder
{
    private void AddGroupKeys()
    {
        foreach (var syntax in select.GroupBy)
        {
            var key = queries.Ordinal(syntax, items.Count, "GROUP BY") is { } ordinal
                ? items[ordinal].Value
                : GroupKey(syntax);
            if (ExpressionTree.Contains(key, static e => e is AggregateReference or WindowReference))
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    syntax,
                    "aggregates and window functions are not allowed in GROUP BY"
                );
            }

            if (key is StructExpression)
            {
                throw session.Error(
                    ErrorCode.TypeMismatch,
                    syntax,
                    "GROUP BY takes a field of a struct, not the struct"
                );
            }

            AddGroupKey(key);
        }

        if (bars is null)
            return;
        // SAMPLE BY without GROUP BY: what the select list does not aggregate is a key.
        foreach (var value in select.GroupBy.Count > 0 ? [] : items.Select(i => i.Value))
        {
            var isKey =
                value is not StructExpression
                && ExpressionTree.Contains(value, static e => e is ColumnExpression)
                && !ExpressionTree.Contains(
                    value,
                    e => e is AggregateReference or WindowReference || e.Equals(bars.Open)
                );
            if (isKey)
                AddGroupKey(value);
        }

        AddGroupKey(bars.Open);
    }

    // A column of FROM wins over a label, as in PostgreSQL.
    private BoundExpression GroupKey(Expression syntax) =>
        new ExpressionBinder(session, relation, "GROUP BY", queries.BindSubquery)
        {
            FirstNames = BarName,
            ExtraNames = Label,
        }.Bind(syntax);

    private void AddGroupKey(BoundExpression key)
    {
        if (!groupKeys.Contains(key))
            groupKeys.Add(key);
    }

    private PlanNode Group(PlanNode input) => relation.Window is { } window ? Windowed(window) : Aggregated(input);

    private AggregateNode Aggregated(PlanNode input) =>
        new(
            input,
            groupKeys,
            aggregates.Calls,
            [.. groupKeys.Select((k, i) => NameOfKey(k, i)), .. aggregates.Calls.Select(a => a.Function.Function.Name)]
        );

    private string NameOfKey(BoundExpression key, int index) =>
        items.FirstOrDefault(i => i.Value.Equals(key))?.Name
        ?? (key is ColumnExpression c ? c.Name : $"key{index + 1}");

    /// <summary>The expression over the groups' columns: keys first, then aggregates.</summary>
    private BoundExpression OverGroups(BoundExpression expression) =>
        ExpressionTree.Rewrite(
            expression,
            e =>
            {
                if (relation.Window is { } window && OverWindow(e, window) is { } there)
                    return there;
                var key = groupKeys.IndexOf(e);
                if (key >= 0)
                    return new ColumnExpression(key, NameOfKey(e, key), e.Type, e.Nullable);
                if (e is AggregateReference reference)
                {
                    var call = aggregates.Calls[reference.Index];
                    return new ColumnExpression(
                        groupKeys.Count + reference.Index,
                        call.Function.Function.Name,
                        e.Type,
                        true
                    );
                }

                return e is not ColumnExpression column
                    ? null
                    : throw session.Error(
                        ErrorCode.InvalidArgument,
                        session.SpanOf(column, SpanOfItem(column)),
                        $"column \"{column.Name}\" must stand in GROUP BY or inside an aggregate"
                    );
            }
        );

    private SourceSpan SpanOfItem(ColumnExpression column)
    {
        var index = items.FindIndex(i => ExpressionTree.Contains(i.Value, e => ReferenceEquals(e, column)));
        return index >= 0 ? itemSpans[index] : select.Span;
    }

    /// <summary>
    /// What orders the rows of this query in time, over FROM: its event time and sequence; of groups the key that is a
    /// function of the time.
    /// </summary>
    private (BoundExpression? Time, BoundExpression? Sequence) TimeColumns(bool isGrouped)
    {
        if (select.Distinct)
            return (null, null);
        if (bars is not null)
            return (bars.Label, null);
        if (relation.TimeTable is not { Time: { } time } table)
            return (null, null);
        return isGrouped && relation.Window is null
            ? (groupKeys.FirstOrDefault(k => IsBucketOf(k, time)), null)
            : (time, table.Sequence);
    }

    private static bool IsBucketOf(BoundExpression key, ColumnExpression time) =>
        key.Equals(time)
        || (
            key
                is CallExpression
                {
                    Function.Function.Name: "time_bucket" or "date_trunc" or CalendarCalls.BucketName
                } call
            && key.Type == DataType.Timestamp
            && call.Arguments.Contains(time)
        );
}
