using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;
using TickStore.Sql.Views;

namespace TickStore.Sql.Binding;

/// <summary>
/// Expressions of one clause to bound ones: names, literals and plain forms here; operators, calls, aggregates and
/// windows in the other parts.
/// </summary>
/// <param name="session">What the statement shares.</param>
/// <param name="relation">What names refer to.</param>
/// <param name="clause">The clause, for errors.</param>
/// <param name="queries">Binds subqueries.</param>
internal sealed partial class ExpressionBinder(
    BindingSession session,
    Relation relation,
    string clause,
    Func<Query, BoundQuery> queries
)
{
    /// <summary>The most values that IN (query) may give.</summary>
    private const int SubqueryRowsMax = 1_000_000;

    /// <summary>What names refer to.</summary>
    public Relation Relation => relation;

    /// <summary>Where aggregates go; null where the clause takes none.</summary>
    public AggregateCollector? Aggregates { get; init; }

    /// <summary>Where window functions go; null where the clause takes none.</summary>
    public WindowCollector? Windows { get; init; }

    /// <summary>Where functions with state go; null where there is no CONTEXT BY, or the clause takes none.</summary>
    public FactorCollector? Factors { get; init; }

    /// <summary>What else a bare name may be: a label of the select list.</summary>
    public Func<string, BoundExpression?>? ExtraNames { get; init; }

    /// <summary>
    /// What a bare name is before it is a column of FROM, but within an aggregate: a column that SAMPLE BY adds, so that bars can be
    /// folded into wider bars.
    /// </summary>
    public Func<string, SyntaxNode, BoundExpression?>? FirstNames { get; init; }

    /// <summary>An expression whose type is settled.</summary>
    public BoundExpression Bind(Expression expression) => Coercion.Settle(BindOpen(expression));

    /// <summary>An expression as <paramref name="type"/>, cast implicitly if need be.</summary>
    public BoundExpression BindAs(Expression expression, DataType type, string what)
    {
        var bound = BindOpen(expression);
        if (Coercion.TypeOf(bound) is { } found && !TypeRules.CanCastImplicitly(found, type))
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                expression,
                $"{what} takes {type}, not {(bound is StructExpression ? "a struct" : found)}"
            );
        }

        return Coercion.To(session, bound, type, expression.Span);
    }

    /// <summary>An expression in which literals may still be without a type.</summary>
    public BoundExpression BindOpen(Expression expression)
    {
        // Every use of a column is an object of its own, so that each remembers where it was written.
        var bound = Dispatch(expression);
        return session.Mark(bound is ColumnExpression column ? column with { } : bound, expression.Span);
    }

    private BoundExpression Dispatch(Expression expression) =>
        expression switch
        {
            ColumnReference column => Column(column),
            NullLiteral => new UntypedNull(),
            BooleanLiteral literal => new ConstantExpression(ConstantValue.Of(literal.Value)),
            NumberLiteral literal => new ConstantExpression(Coercion.Number(session, literal)),
            StringLiteral literal => new UntypedText(literal.Value),
            TemporalLiteral literal => Temporal(literal),
            IntervalLiteral literal => new ConstantExpression(ConstantValue.Of(literal.Value)),
            Parameter parameter => ValueOf(parameter),
            FieldAccess access => Field(access),
            Subscript subscript => Level(subscript),
            UnaryExpression unary => Unary(unary),
            BinaryExpression binary => Binary(binary),
            IsExpression test => Is(test),
            BetweenExpression between => Between(between),
            Syntax.InListExpression list => InList(list),
            InQueryExpression query => InQuery(query),
            LikeExpression like => Like(like),
            ExistsExpression exists => Exists(exists),
            ScalarSubquery scalar => Scalar(scalar),
            Syntax.CaseExpression branches => Case(branches),
            Syntax.CastExpression cast => Cast(cast),
            ArrayExpression => throw session.Error(
                ErrorCode.NotSupported,
                expression,
                "ARRAY[..] is taken only by INSERT ... VALUES; write a text such as '{1,2,3}'::DOUBLE[3]"
            ),
            FunctionCall call => Call(call),
            _ => throw session.Error(ErrorCode.NotSupported, expression, "this form of expression is not available"),
        };

    private BoundExpression Column(ColumnReference reference)
    {
        var parts = reference.Parts;
        var name = parts[^1].Name;
        if (parts.Count == 1)
            return FindBare(name, reference) ?? throw Unknown(reference, name, VisibleNames());
        // A table's name wins over a struct column of that name; ts_catalog.view.column names the schema too.
        var qualifier = parts[^2].Name;
        if (relation.Tables.FirstOrDefault(t => t.IsNamed(qualifier)) is { } table)
        {
            return table.Find(name)?.Value
                ?? throw Unknown(reference, name, table.Columns.Select(c => c.Name), $" in \"{qualifier}\"");
        }

        var owner =
            parts.Count == 2
                ? FindBare(qualifier, reference)
                : relation.Tables.FirstOrDefault(t => t.IsNamed(parts[^3].Name))?.Find(qualifier)?.Value;
        if (owner is null)
        {
            throw session.Error(
                ErrorCode.UnknownName,
                reference,
                $"there is no table \"{qualifier}\" in this "
                    + $"FROM{NearestName.Hint(qualifier, relation.Tables.Select(t => t.Alias ?? ""))}{OuterHint(t => t.IsNamed(qualifier))}"
            );
        }

        return FieldOf(owner, name, reference);
    }

    private BoundExpression? FindBare(string name, SyntaxNode at)
    {
        if (enclosing is null && FirstNames?.Invoke(name, at) is { } first)
            return first;
        ScopeColumn? found = null;
        foreach (var table in relation.Tables)
        {
            if (table.Find(name) is not { } column || relation.Merged.Contains(column))
                continue;
            if (found is not null)
            {
                var owners = relation.Tables.Where(t => t.Find(name) is not null).Select(t => $"{t.Alias}.{name}");
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    at,
                    $"column \"{name}\" is ambiguous: {string.Join(" or ", owners)}"
                );
            }

            found = column;
        }

        return found?.Value ?? ExtraNames?.Invoke(name);
    }

    private IEnumerable<string> VisibleNames() => relation.Tables.SelectMany(t => t.Columns).Select(c => c.Name);

    private TickStoreException Unknown(SyntaxNode at, string name, IEnumerable<string> candidates, string where = "") =>
        session.Error(
            ErrorCode.UnknownName,
            at,
            $"there is no column \"{name}\"{where}{NearestName.Hint(name, candidates)}{OuterHint(t => t.Find(name) is not null)}"
        );

    private string OuterHint(Func<ScopeTable, bool> isMeant) =>
        session.Surrounding.Any(r => r.Tables.Any(isMeant))
            ? "; a subquery cannot name what is in the query around it: write it as a JOIN"
            : string.Empty;

    private PlanNode SubqueryPlan(Query query)
    {
        session.Surrounding.Push(relation);
        try
        {
            var plan = queries(query).ToPlan();
            return session.View is not null && Reads(plan)
                ? throw ViewRules.Refuse(
                    session,
                    query,
                    "a subquery as a value: it would be computed once and not follow its table; write it as a JOIN"
                )
                : plan;
        }
        finally
        {
            session.Surrounding.Pop();
        }
    }

    private static bool Reads(PlanNode plan) => plan is ScanNode or KeyedScanNode || plan.Inputs.Any(Reads);

    private BoundExpression Field(FieldAccess access) =>
        FieldOf(BindOpen(access.Operand), access.Field.Name, access.Field);

    private BoundExpression FieldOf(BoundExpression owner, string name, SyntaxNode at)
    {
        if (owner is not StructExpression fields)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                at,
                $"\"{name}\" is no field: the value before it is {owner.Type}, not a struct"
            );
        }

        return fields.Find(name)
            ?? throw session.Error(
                ErrorCode.UnknownName,
                at,
                $"the struct has no field \"{name}\"; it has {string.Join(", ", fields.Names)}"
            );
    }

    private ConstantExpression Temporal(TemporalLiteral literal) =>
        literal.Kind switch
        {
            TemporalKind.Date => new(Coercion.Parse(session, literal.Text, DataType.Date, literal.Span)),
            TemporalKind.Timestamp => new(Coercion.Parse(session, literal.Text, DataType.Timestamp, literal.Span)),
            _ => throw session.Error(
                ErrorCode.NotSupported,
                literal,
                "there is no TIME type; use an INTERVAL since midnight"
            ),
        };

    private BoundExpression ValueOf(Parameter parameter)
    {
        if (session.View is not null)
            throw ViewRules.Refuse(session, parameter, "parameters: only its text is kept");
        if (parameter.Number > session.Parameters.Count)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                parameter,
                $"${parameter.Number} has no value: {session.Parameters.Count} were given"
            );
        }

        var value = session.Parameters[parameter.Number - 1];
        return value switch
        {
            { Type.Kind: TypeKind.Varchar, IsNull: true } => new UntypedNull(),
            { Type.Kind: TypeKind.Varchar } => new UntypedText(value.Text ?? string.Empty),
            _ => new ConstantExpression(value),
        };
    }

    private SubscriptExpression Level(Subscript subscript)
    {
        var array = Bind(subscript.Operand);
        if (array is StructExpression || !array.Type.IsArray)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                subscript,
                "[..] takes a level of an array; the value before it is not one"
            );
        }

        return new SubscriptExpression(array, BindAs(subscript.Index, DataType.BigInt, "a level of an array"));
    }

    private BoundExpression Cast(Syntax.CastExpression cast)
    {
        var type = TypeNames.Resolve(session.Sql, cast.Type);
        var operand = BindOpen(cast.Operand);
        if (operand is StructExpression)
            throw session.Error(ErrorCode.TypeMismatch, cast, "a struct cannot be cast");
        var value = Coercion.To(session, operand, type, cast.Span);
        return
            value is ConstantExpression { Value: { Type.Kind: TypeKind.Symbol, IsNull: false, Integer: < 0 } unknown }
            ? throw session.Error(
                ErrorCode.InvalidText,
                cast,
                $"'{unknown.Text}' is no SYMBOL of this database: a query adds none; leave the cast away, or compare as VARCHAR"
            )
            : value;
    }

    private ConstantExpression Scalar(ScalarSubquery subquery)
    {
        var plan = SubqueryPlan(subquery.Query);
        if (plan.Schema.ColumnCount != 1)
        {
            throw session.Error(ErrorCode.TypeMismatch, subquery, "a subquery used as a value has one column");
        }

        var rows = session.Pointing(subquery.Span, () => session.Constants.Rows(plan, rowsMax: 1));
        return new ConstantExpression(rows.Count == 0 ? ConstantValue.Null(plan.Schema[0].Type) : rows[0][0]);
    }

    private ConstantExpression Exists(ExistsExpression exists)
    {
        var plan = new LimitNode(SubqueryPlan(exists.Query), 1, 0);
        var rows = session.Pointing(exists.Span, () => session.Constants.Rows(plan, rowsMax: 1));
        return new ConstantExpression(ConstantValue.Of(rows.Count > 0));
    }

    private BoundExpression InQuery(InQueryExpression query)
    {
        var plan = SubqueryPlan(query.Query);
        if (plan.Schema.ColumnCount != 1)
        {
            throw session.Error(ErrorCode.TypeMismatch, query, "a subquery in IN has one column");
        }

        var rows = session.Pointing(query.Span, () => session.Constants.Rows(plan, SubqueryRowsMax));
        var operand = Bind(query.Operand);
        var members = rows.Select(r => (BoundExpression)new ConstantExpression(r[0])).Distinct().ToArray();
        return members.Length == 0
            ? new ConstantExpression(ConstantValue.Of(query.Negated))
            : Membership(operand, members, query.Negated, query.Span);
    }
}
