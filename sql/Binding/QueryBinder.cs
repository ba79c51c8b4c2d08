using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Binding;

/// <summary>
/// A query with its WITH, set operations, ORDER BY and LIMIT. One binder for each level of nesting; it sees the common
/// tables of the levels around it.
/// </summary>
internal sealed class QueryBinder(BindingSession session, QueryBinder? outer = null)
{
    /// <summary>TopN keeps its rows in memory; beyond this it is cheaper to sort.</summary>
    private const long TopNRowsMax = 100_000;

    private readonly Dictionary<string, Func<BoundQuery>> commonTables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>AS OF SEQ of this query or of one around it, or null.</summary>
    public long? AsOf { get; private set; } = outer?.AsOf;

    /// <summary>Binds a subquery, which sees what this query sees but not its FROM.</summary>
    public BoundQuery BindSubquery(Query query) => new QueryBinder(session, this).BindHere(query);

    /// <summary>As <see cref="BindSubquery"/>.</summary>
    public BoundQuery Bind(Query query) => BindSubquery(query);

    /// <summary>A common table by name, or null. Each use is bound anew, for it is inlined.</summary>
    public BoundQuery? FindCommonTable(string name) =>
        commonTables.TryGetValue(name, out var make) ? make() : outer?.FindCommonTable(name);

    /// <summary>The sequence of AS OF SEQ.</summary>
    public long SequenceOf(SequencePoint point) =>
        session.View is null
            ? Plain("AS OF SEQ").Count(point.Sequence, "the sequence of AS OF SEQ")
            : throw ViewRules.Refuse(session, point, "AS OF SEQ: a view follows its tables");

    private BoundQuery BindHere(Query query)
    {
        if (query.AsOf is not null)
            AsOf = SequenceOf(query.AsOf);
        foreach (var common in query.With)
            Declare(common);
        if (query.Body is SelectBody select)
        {
            return new SelectBinder(session, this, select).Bind(query.OrderBy, LimitOf(query));
        }

        var body = Body(query.Body);
        if (query.OrderBy.Count == 0)
            return body with { Plan = Cut(body.Plan, [], LimitOf(query)) };
        var relation = body.AsRelation(null);
        var binder = new ExpressionBinder(session, relation, "ORDER BY", BindSubquery);
        var keys = query
            .OrderBy.Select(item =>
                Ordinal(item, body.Columns.Count) is { } ordinal
                    ? binder.SortKeyOf(body.Columns[ordinal].Value, item)
                    : binder.SortKeyOf(item)
            )
            .ToArray();
        return body with { Plan = Cut(body.Plan, keys, LimitOf(query)) };
    }

    private void Declare(CommonTable common)
    {
        // A common table sees those before it and those of the queries around, never itself: a name that is its own means
        // what it means outside.
        var visible = new QueryBinder(session, outer);
        foreach (var (name, make) in commonTables)
            visible.commonTables[name] = make;
        visible.AsOf = AsOf;
        BoundQuery Make()
        {
            var bound = visible.Bind(common.Query);
            return common.Columns.Count == 0
                ? bound
                : bound with
                {
                    Columns =
                    [
                        .. bound.Columns.Select(
                            (c, i) => i < common.Columns.Count ? c with { Name = common.Columns[i].Name } : c
                        ),
                    ],
                };
        }

        if (!commonTables.TryAdd(common.Name.Name, Make))
        {
            throw session.Error(ErrorCode.InvalidArgument, common.Name, $"WITH names \"{common.Name.Name}\" twice");
        }

        // Bound once here so that an error in it is found even where nobody uses it.
        Make();
    }

    private BoundQuery Body(QueryBody body) =>
        body switch
        {
            NestedBody nested => BindSubquery(nested.Query),
            SelectBody select => new SelectBinder(session, this, select).Bind([], default),
            ValuesBody values => Values(values),
            SetOperation operation => Combine(operation),
            _ => throw session.Error(ErrorCode.NotSupported, body, "this form of query is not available"),
        };

    private BoundQuery Values(ValuesBody values)
    {
        var binder = Plain("VALUES");
        var rows = values.Rows.Select(r => r.Select(binder.BindOpen).ToArray()).ToArray();
        var columnCount = rows[0].Length;
        var constants = rows.Select(_ => new ConstantValue[columnCount]).ToArray();
        var schema = new ColumnSchema[columnCount];
        for (var c = 0; c < columnCount; c++)
        {
            var type = Coercion.Common(session, [.. rows.Select(r => r[c])], values.Span, "the rows of VALUES");
            for (var r = 0; r < rows.Length; r++)
            {
                var span = values.Rows[r][c].Span;
                var typed = Coercion.To(session, rows[r][c], type, span);
                constants[r][c] = session.Pointing(span, () => session.Constants.Evaluate(typed));
            }

            schema[c] = new ColumnSchema($"column{c + 1}", type, constants.Any(r => r[c].IsNull));
        }

        return OfPlan(new ValuesNode(new BatchSchema(schema), constants));
    }

    /// <summary>A plan whose columns are all output.</summary>
    public static BoundQuery OfPlan(PlanNode plan) =>
        new(plan, [.. plan.Schema.Columns.Select((c, i) => new OutputColumn(c.Name, FromBinder.ColumnOf(plan, i)))]);

    private BoundQuery Combine(SetOperation operation)
    {
        var (left, right) = (Body(operation.Left).ToPlan(), Body(operation.Right).ToPlan());
        if (operation.All && operation.Operator != SetOperator.Union)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                operation,
                $"{operation.Operator.ToString().ToUpperInvariant()} ALL is not available; without ALL it is"
            );
        }

        if (left.Schema.ColumnCount != right.Schema.ColumnCount)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                operation.Right,
                $"both sides of {operation.Operator.ToString().ToUpperInvariant()} need the same number of "
                    + $"columns: {left.Schema.ColumnCount} and {right.Schema.ColumnCount}"
            );
        }

        var types = new DataType[left.Schema.ColumnCount];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = Coercion.Common(
                session,
                [OpenColumn(left, i), OpenColumn(right, i)],
                operation.Right.Span,
                $"columns {i + 1} of the two sides"
            );
        }

        (left, right) = (Typed(left, types, operation), Typed(right, types, operation));
        return OfPlan(
            operation.Operator == SetOperator.Union
                ? operation.All
                    ? new UnionAllNode(left, right)
                    : SetOperations.Distinct(new UnionAllNode(left, right))
                : SetOperations.Compare(left, right, keepCommon: operation.Operator == SetOperator.Intersect)
        );
    }

    // A NULL that was selected is VARCHAR by default only; here it takes the other side's type.
    private static BoundExpression OpenColumn(PlanNode plan, int index) =>
        plan is ProjectNode project
        && project.Expressions[index] is ConstantExpression { Value: { IsNull: true, Type.Kind: TypeKind.Varchar } }
            ? new UntypedNull()
            : FromBinder.ColumnOf(plan, index);

    private PlanNode Typed(PlanNode plan, DataType[] types, SetOperation operation)
    {
        var columns = types.Select((t, i) => Coercion.To(session, OpenColumn(plan, i), t, operation.Span)).ToArray();
        return columns.All(c => c is ColumnExpression)
            ? plan
            : new ProjectNode(plan, columns, [.. plan.Schema.Columns.Select(c => c.Name)]);
    }

    private ExpressionBinder Plain(string clause) =>
        new(session, new Relation(ConstantEvaluator.SingleRow, [], []), clause, BindSubquery);

    private RowLimit LimitOf(Query query) =>
        new(
            query.Limit is null or NullLiteral ? null : Plain("LIMIT").Count(query.Limit, "LIMIT"),
            query.Offset is null ? 0 : Plain("OFFSET").Count(query.Offset, "OFFSET")
        );

    /// <summary>
    /// An integer literal as a position in the select list, from 0; null where the key is something else.
    /// </summary>
    public int? Ordinal(SortItem item, int columnCount) => Ordinal(item.Expression, columnCount, "ORDER BY");

    /// <summary>As the other form, for any clause.</summary>
    public int? Ordinal(Expression expression, int columnCount, string clause)
    {
        if (expression is not NumberLiteral { Form: NumberForm.Integer } number)
            return null;
        return int.TryParse(number.Text, out var position) && position >= 1 && position <= columnCount
            ? position - 1
            : throw session.Error(
                ErrorCode.InvalidArgument,
                expression,
                $"{clause} {number.Text}: the select list has {columnCount} column(s)"
            );
    }

    /// <summary>Sorts and cuts off, by the cheapest node that does both.</summary>
    public static PlanNode Cut(PlanNode plan, IReadOnlyList<SortKey> keys, RowLimit limit)
    {
        var count = limit.Count ?? long.MaxValue;
        var isCut = limit.Count is not null || limit.Offset > 0;
        if (keys.Count == 0)
            return isCut ? new LimitNode(plan, count, limit.Offset) : plan;
        if (isCut && count <= TopNRowsMax - Math.Min(limit.Offset, TopNRowsMax))
            return new TopNNode(plan, keys, count, limit.Offset);
        PlanNode sorted = new SortNode(plan, keys);
        return isCut ? new LimitNode(sorted, count, limit.Offset) : sorted;
    }
}

/// <summary>LIMIT (null: none) and OFFSET.</summary>
internal readonly record struct RowLimit(long? Count, long Offset);
