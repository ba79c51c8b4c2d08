using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// One SELECT. Every clause is bound over FROM first, with references in the place of aggregates and window functions;
/// then the plan grows from the bottom up (filter, groups, windows, select list, order), and at each step the
/// expressions are rewritten onto it.
/// </summary>
internal sealed partial class SelectBinder(BindingSession session, QueryBinder queries, SelectBody select)
{
    private readonly AggregateCollector aggregates = new();
    private readonly WindowCollector windows = new();
    private readonly FactorCollector factors = new();
    private readonly List<OutputColumn> items = [];
    private readonly List<SourceSpan> itemSpans = [];
    private readonly List<BoundExpression> groupKeys = [];
    private Relation relation = null!;
    private Bars? bars;

    /// <summary>Binds the query that this SELECT is the body of.</summary>
    public BoundQuery Bind(IReadOnlyList<SortItem> orderBy, RowLimit limit)
    {
        relation = new FromBinder(session, queries).Bind(select.From);
        if (select.Where is not null)
        {
            var binder = new ExpressionBinder(session, relation, "WHERE", queries.BindSubquery);
            var condition = binder.Condition(select.Where, "WHERE");
            relation = relation.Window is { } window
                ? FilterLeft(window, condition, select.Where)
                : relation.WithPlan(new FilterNode(relation.Plan, condition));
        }

        if (select.LatestOn is { } latestOn)
            relation = LatestOn(relation, latestOn);
        bars = select.SampleBy is null ? null : Bars.Bind(session, relation, select.SampleBy, queries);
        if (bars?.Condition is { } isInBar)
            relation = relation.WithPlan(new FilterNode(relation.Plan, isInBar));
        foreach (var item in select.Items)
            AddItem(item);
        if (bars is not null)
            AddBars(bars);
        AddGroupKeys();

        var late = Binder("ORDER BY", withLabels: true);
        var having = select.Having is null
            ? null
            : Binder("HAVING", withLabels: true).Condition(select.Having, "HAVING");
        var qualify = select.Qualify is null
            ? null
            : Binder("QUALIFY", withLabels: true).Condition(select.Qualify, "QUALIFY");
        var keys = orderBy.Select(item => late.SortKeyOf(OrderKey(late, item), item)).ToArray();
        var distinctOn = select.DistinctOn.Select(late.Bind).ToArray();

        if (relation.Window is not null)
            RefuseGroups(having is not null);
        if (select.ContextBy is not null)
            RefuseGroupsOfContext(having);
        var isGrouped =
            relation.Window is not null
            || select.GroupBy.Count > 0
            || bars is not null
            || having is not null
            || aggregates.Calls.Count > 0;
        var plan = isGrouped ? Group(relation.Plan) : relation.Plan;
        BoundExpression OntoGroups(BoundExpression e) => isGrouped ? OverGroups(e) : e;
        if (having is not null)
            plan = new FilterNode(plan, OntoGroups(having));

        BoundExpression OntoRows(BoundExpression e) => OntoGroups(e);
        Func<BoundExpression, BoundExpression> ontoRows = OntoRows;
        if (select.ContextBy is { } contextBy)
            (plan, ontoRows) = Context(contextBy, plan);
        var (windowed, results) = windows.Apply(plan, ontoRows, TieBreak(relation, plan, isGrouped));
        BoundExpression Onto(BoundExpression e) =>
            ExpressionTree.Rewrite(ontoRows(e), x => x is WindowReference w ? results[w.Index] : null);
        if (qualify is not null)
            windowed = new FilterNode(windowed, Onto(qualify));
        keys = [.. keys.Select(k => k with { Expression = Onto(k.Expression) })];
        if (distinctOn.Length > 0)
            windowed = DistinctOn(windowed, [.. distinctOn.Select(Onto)], keys, TieBreak(relation, plan, isGrouped));
        return Finish(windowed, Onto, keys, orderBy, limit, TimeColumns(isGrouped));
    }

    private ExpressionBinder Binder(string clause, bool withLabels) =>
        new(session, relation, clause, queries.BindSubquery)
        {
            Aggregates = aggregates,
            Factors = select.ContextBy is null ? null : factors,
            Windows = clause == "HAVING" ? null : windows,
            FirstNames = BarName,
            ExtraNames = withLabels ? Label : null,
        };

    private BoundExpression? BarName(string name, SyntaxNode at) => bars?.Find(name, aggregates, at);

    private BoundExpression? Label(string name) =>
        items.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;

    private void AddItem(SelectItem item)
    {
        var binder = Binder("SELECT", withLabels: false);
        switch (item)
        {
            case StarItem { Source: null }:
                if (relation.Tables.Count == 0)
                    throw session.Error(ErrorCode.InvalidArgument, item, "* needs a FROM");
                foreach (var column in relation.Star)
                    Add(column.Name, column.Value, item.Span);
                break;
            case StarItem { Source: { } source }:
                foreach (var (name, value) in Spread(binder, source))
                    Add(name, value, item.Span);
                break;
            case ExpressionItem { Expression: var expression, Alias: var alias }:
                var bound = binder.Bind(expression);
                Add(alias?.Name ?? ItemName(expression, bound), bound, item.Span);
                break;
        }
    }

    private void Add(string name, BoundExpression value, SourceSpan span)
    {
        items.Add(new OutputColumn(name, value));
        itemSpans.Add(span);
    }

    // table.* first, then struct.*.
    private IEnumerable<(string Name, BoundExpression Value)> Spread(ExpressionBinder binder, Expression source)
    {
        if (
            source is ColumnReference reference
            && relation.Tables.FirstOrDefault(t => t.IsNamed(reference.Parts[^1].Name)) is { } table
        )
        {
            return table.Columns.Where(c => !c.IsSystem).Select(c => (c.Name, c.Value));
        }

        return binder.Bind(source) is StructExpression fields
            ? fields.Names.Zip(fields.Fields)
            : throw session.Error(ErrorCode.TypeMismatch, source, "only a table or a struct can be spread with .*");
    }

    private string ItemName(Expression expression, BoundExpression bound) =>
        expression switch
        {
            ColumnReference when bound is ColumnExpression column && column.Name.Length > 0 => column.Name,
            ColumnReference reference => reference.Parts[^1].Name,
            FieldAccess access => access.Field.Name,
            FunctionCall call => call.Name.Name,
            Syntax.CastExpression { Operand: ColumnReference reference } => reference.Parts[^1].Name,
            Syntax.CaseExpression => "case",
            _ => string.Join(
                ' ',
                session
                    .Sql.Substring(expression.Span.Start, expression.Span.Length)
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            ),
        };

    // A bar without its times is of no use: where the select list names neither, both are added behind it.
    private void AddBars(Bars found)
    {
        if (items.Any(i => found.IsNamedIn(i.Value)))
            return;
        Add(Bars.OpenName, found.Open, select.SampleBy!.Span);
        Add(Bars.CloseName, found.Close, select.SampleBy.Span);
    }

    private BoundExpression OrderKey(ExpressionBinder binder, SortItem item)
    {
        if (queries.Ordinal(item, items.Count) is { } ordinal)
            return items[ordinal].Value;
        // A bare name is a label before it is a column, as in PostgreSQL.
        return item.Expression is ColumnReference { Parts: [var only] } && Label(only.Name) is { } labelled
            ? labelled
            : binder.Bind(item.Expression);
    }
}
