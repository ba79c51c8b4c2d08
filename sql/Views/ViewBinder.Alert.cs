using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Statements;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <content>CREATE ALERT.</content>
internal sealed partial class ViewBinder
{
    private const int RateMax = 1000;
    private const string HoldsName = "_holds";
    private const string RearmName = "_rearm";

    private BoundQuery Alert(BindingSession session, CreateAlertStatement alert)
    {
        if (alert.Clauses.Emit is { } emit)
            throw Error(ErrorCode.NotSupported, emit, "an alert tells of each firing at once; it has no EMIT");
        if (alert.Into is { } into)
            TableDefinitions.CheckName(sql, into);

        var bound = Body(session, WithCondition(alert, out var hasRearm));
        var (plan, columnCount, time) = Columns(bound);
        if (time < 0)
        {
            throw Error(
                ErrorCode.InvalidArgument,
                alert.Query,
                "an alert needs rows with an event time: a table or view that has one in FROM"
            );
        }

        var visibleCount = columnCount - (hasRearm ? 2 : 1);
        RequireCondition(alert, plan.Schema[visibleCount], alert.Query);
        if (hasRearm)
            RequireCondition(alert, plan.Schema[visibleCount + 1], alert.RearmWhen!);
        var keyed = session.Pointing(alert.Query.Span, () => KeyedPlan.Of(plan));
        var rules = new AlertRules(
            [.. alert.Key.Select(k => KeyColumn(plan, visibleCount, k))],
            time,
            visibleCount,
            hasRearm ? visibleCount + 1 : -1,
            alert.HoldsFor is null ? 0 : Span(alert.HoldsFor, "FOR"),
            alert.Rate is null ? 0 : RateOf(alert.Rate),
            alert.Rate is null ? 0 : Span(alert.Rate.Interval, "AT MOST .. PER"),
            ViewPlans.DrivingTable(plan, PlanOfView) ?? string.Empty
        );
        var node = new AlertNode(keyed.Plan, keyed.KeyColumns, rules);
        int[] columns = [.. Enumerable.Range(0, visibleCount), node.Schema.ColumnCount - 1];
        var output = new ProjectNode(
            node,
            [.. columns.Select(c => FromBinder.ColumnOf(node, c))],
            [.. columns.Select(c => node.Schema[c].Name)]
        );
        return new BoundQuery(
            output,
            [.. Enumerable.Range(0, columns.Length).Select(i => Output(output, i))],
            FromBinder.ColumnOf(output, columns.Length - 1)
        );
    }

    /// <summary>
    /// The query with its condition as a column behind all others, so that rows that do not meet it are seen as well: they end
    /// what has held.
    /// </summary>
    private Query WithCondition(CreateAlertStatement alert, out bool hasRearm)
    {
        if (alert.Query.Body is not SelectBody { Distinct: false, DistinctOn.Count: 0, Qualify: null } select)
        {
            throw Error(
                ErrorCode.NotSupported,
                alert.Query,
                "an alert is one SELECT whose WHERE, or HAVING where it has groups, is the condition"
            );
        }

        var isGrouped = select.GroupBy.Count > 0 || select.SampleBy is not null || select.Having is not null;
        var condition = isGrouped ? select.Having : select.Where;
        condition ??= new BooleanLiteral(alert.Query.Span, true);
        hasRearm = alert.RearmWhen is not null;
        List<SelectItem> items = [.. select.Items, Item(condition, HoldsName)];
        if (alert.RearmWhen is { } rearm)
            items.Add(Item(rearm, RearmName));
        var body = select with { Items = items, Where = isGrouped ? select.Where : null, Having = null };
        return alert.Query with { Body = body };

        static ExpressionItem Item(Expression condition, string name) =>
            new(condition.Span, condition, new Identifier(condition.Span, name, false));
    }

    // NULL does not hold; anything but a BOOLEAN is no condition.
    private void RequireCondition(CreateAlertStatement alert, ColumnSchema column, SyntaxNode otherwise)
    {
        if (column.Type != DataType.Boolean)
        {
            var select = (SelectBody)alert.Query.Body;
            var at = column.Name == RearmName ? otherwise : select.Having ?? select.Where ?? otherwise;
            throw Error(ErrorCode.TypeMismatch, at, $"a condition is BOOLEAN, not {column.Type}");
        }
    }

    private int KeyColumn(PlanNode plan, int visibleCount, Identifier key)
    {
        for (var i = 0; i < visibleCount; i++)
        {
            if (string.Equals(plan.Schema[i].Name, key.Name, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        throw Error(
            ErrorCode.UnknownName,
            key,
            $"KEY names columns of the select list; there is no \"{key.Name}\""
                + NearestName.Hint(key.Name, plan.Schema.Columns.Take(visibleCount).Select(c => c.Name))
        );
    }

    private int RateOf(AlertRate rate) =>
        rate.Count is >= 1 and <= RateMax
            ? rate.Count
            : throw Error(ErrorCode.InvalidArgument, rate, $"AT MOST takes a number from 1 to {RateMax}");
}
