using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <content>CREATE INDEX VIEW.</content>
internal sealed partial class ViewBinder
{
    private static readonly string[] PriceNames = ["price", "px", "last", "close"];

    private BoundQuery Index(BindingSession session, CreateIndexViewStatement index)
    {
        var prices = Source(session, index.Prices);
        var members = Source(session, index.Members);
        var divisors = Source(session, index.Divisors);
        var price = index.Price is { } written
            ? Named(prices, index.Prices, written)
            : Guessed(prices, index.Prices, PriceNames, "PRICE column FROM");
        var divisor = index.Divisor is { } given
            ? Named(divisors, index.Divisors, given)
            : Guessed(divisors, index.Divisors, ["divisor"], "DIVISOR column FROM");
        var priced = prices.WithPlan(new FilterNode(prices.Plan, new IsNullExpression(price.Value, Negated: true)));
        var node = new IndexNode(
            Columns(session, priced, index.Prices, Exact(session, price, index.Price?.Span ?? index.Prices.Span), true),
            Columns(
                session,
                members,
                index.Members,
                Exact(session, Named(members, index.Members, index.Weight), index.Weight.Span),
                true
            ),
            Columns(
                session,
                divisors,
                index.Divisors,
                Exact(session, divisor, index.Divisor?.Span ?? index.Divisors.Span),
                false
            )
        );
        var ticks = new BoundQuery(
            node,
            [.. Enumerable.Range(0, IndexNode.SequenceColumn).Select(i => Output(node, i))],
            FromBinder.ColumnOf(node, 0),
            FromBinder.ColumnOf(node, IndexNode.SequenceColumn)
        );
        return index.Clauses.Emit switch
        {
            { Every: { } every } => AtIntervals(node, Span(every, "EMIT EVERY")),
            { OnWindowClose: true } emit => throw Error(
                ErrorCode.InvalidArgument,
                emit,
                "an index has no windows; use EMIT ON CHANGE or EMIT EVERY"
            ),
            _ => ticks,
        };
    }

    // A row for each interval with a tick: the index as of its end.
    private static BoundQuery AtIntervals(IndexNode node, long nanos)
    {
        var time = FromBinder.ColumnOf(node, 0);
        var sequence = FromBinder.ColumnOf(node, IndexNode.SequenceColumn);
        var span = new ConstantExpression(ConstantValue.Of(Interval.OfNanos(nanos)));
        var bucket = new CallExpression(
            FunctionRegistry.Scalars["time_bucket"].Resolve([DataType.Interval, DataType.Timestamp])!,
            [span, time],
            false
        );
        var calls = Enumerable
            .Range(1, 3)
            .Select(i => FromBinder.ColumnOf(node, i))
            .Select(column => new AggregateCall(
                FunctionRegistry.Aggregates["last"].Resolve([column.Type])!,
                [column, time, sequence],
                false,
                null
            ))
            .ToArray();
        var grouped = new AggregateNode(
            node,
            [bucket],
            calls,
            ["bucket", .. Enumerable.Range(1, 3).Select(i => node.Schema[i].Name)]
        );
        var end = new CallExpression(
            FunctionRegistry.Scalars["+"].Resolve([DataType.Timestamp, DataType.Interval])!,
            [FromBinder.ColumnOf(grouped, 0), span],
            false
        );
        var plan = new ProjectNode(
            grouped,
            [end, .. Enumerable.Range(1, 3).Select(i => FromBinder.ColumnOf(grouped, i))],
            [time.Name, .. Enumerable.Range(1, 3).Select(i => node.Schema[i].Name)]
        );
        return new BoundQuery(
            plan,
            [.. Enumerable.Range(0, 4).Select(i => Output(plan, i))],
            FromBinder.ColumnOf(plan, 0)
        );
    }

    private static OutputColumn Output(PlanNode plan, int column) =>
        new(plan.Schema[column].Name, FromBinder.ColumnOf(plan, column));

    /// <summary>A table, or a view that only filters and projects one: then its rows are only added, as the table's are.</summary>
    private Relation Source(BindingSession session, QualifiedName name)
    {
        var from = new FromBinder(session, new QueryBinder(session));
        var relation = from.Bind([new NamedTable(name.Span, name, null, null)]);
        if (relation.Plan is KeyedScanNode keyed && PlanOfView(keyed.Source.Name) is { } plan && IsRowWise(plan))
            relation = relation.WithPlan(plan);
        return relation.Tables[0] is { Time: not null, Sequence: not null }
            ? relation
            : throw Error(
                ErrorCode.NotSupported,
                name,
                $"an index follows rows that are only added, in the order of an event time; those of \"{name.Name}\" change"
            );
    }

    private static bool IsRowWise(PlanNode plan) =>
        plan is ScanNode || (plan is FilterNode or ProjectNode && IsRowWise(plan.Inputs[0]));

    private ScopeColumn Named(Relation relation, QualifiedName table, Identifier column) =>
        relation.Tables[0].Find(column.Name)
        ?? throw Error(
            ErrorCode.UnknownName,
            column,
            $"there is no column \"{column.Name}\" in \"{table.Name}\""
                + NearestName.Hint(column.Name, relation.Star.Select(c => c.Name))
        );

    // A column by a name that says what it is, or the only number there is.
    private ScopeColumn Guessed(Relation relation, QualifiedName table, string[] names, string clause)
    {
        foreach (var name in names)
        {
            if (relation.Star.FirstOrDefault(c => c.Name == name) is { } known)
                return known;
        }

        var numbers = relation
            .Star.Where(c => c.Value.Type.Kind is TypeKind.Decimal or TypeKind.BigInt or TypeKind.Int)
            .ToArray();
        return numbers.Length == 1
            ? numbers[0]
            : throw Error(
                ErrorCode.InvalidArgument,
                table,
                $"which column of \"{table.Name}\" is meant is not clear; write {clause} {table.Name}"
            );
    }

    // A sum of products must not depend on the order of its terms, so that binary fractions are refused.
    private static BoundExpression Exact(BindingSession session, ScopeColumn column, SourceSpan span) =>
        column.Value.Type.Kind switch
        {
            TypeKind.Decimal or TypeKind.BigInt => column.Value,
            TypeKind.Int or TypeKind.SmallInt => Coercion.To(session, column.Value, DataType.BigInt, span),
            _ => throw session.Error(
                ErrorCode.TypeMismatch,
                span,
                $"\"{column.Name}\" is {column.Value.Type}; an index needs DECIMAL or whole numbers, which sum exactly in any order"
            ),
        };

    private static ProjectNode Columns(
        BindingSession session,
        Relation relation,
        QualifiedName table,
        BoundExpression value,
        bool hasSymbol
    )
    {
        var columns = relation.Tables[0];
        List<BoundExpression> expressions = [columns.Time!];
        List<string> names = [columns.Time!.Name];
        if (hasSymbol)
        {
            expressions.Add(SymbolOf(session, relation, table));
            names.Add("sym");
        }

        return new ProjectNode(relation.Plan, [.. expressions, value, columns.Sequence!], [.. names, "value", "_seq"]);
    }

    private static BoundExpression SymbolOf(BindingSession session, Relation relation, QualifiedName table)
    {
        var symbols = relation.Star.Where(c => c.Value.Type == DataType.Symbol).ToArray();
        var cluster = relation.Plan is ScanNode { Source.Schema: { ClusterColumn: >= 0 } schema }
            ? schema.Columns[schema.ClusterColumn].Name
            : null;
        return symbols.Length == 1 ? symbols[0].Value
            : symbols.FirstOrDefault(c => c.Name == cluster) is { } chosen ? chosen.Value
            : symbols.FirstOrDefault(c => c.Name is "sym" or "symbol") is { } named ? named.Value
            : throw session.Error(
                ErrorCode.InvalidArgument,
                table,
                $"\"{table.Name}\" needs one SYMBOL column, or one that its rows are clustered by or that is called sym or symbol"
            );
    }
}
