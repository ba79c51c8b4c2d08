using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <content>Queries and tables.</content>
internal sealed partial class AstBuilder
{
    private Query Query(G.QueryContext context)
    {
        Descend(context);
        Expression? limit = null;
        Expression? offset = null;
        var limitSeen = false;
        foreach (var clause in context.limitClause())
        {
            if (clause.LIMIT() is not null)
            {
                if (limitSeen)
                    throw Error(clause, "LIMIT is given twice");
                limitSeen = true;
                limit = clause.value() is { } count ? Value(count) : null;
            }
            else
            {
                RefuseTwice(offset, clause, "OFFSET");
                offset = Value(clause.value());
            }
        }

        var query = new Query(
            Span(context),
            Array.ConvertAll(
                context.cte(),
                cte => new CommonTable(Span(cte), Name(cte.identifier()), Names(cte.columnList()), Query(cte.query()))
            ),
            Body(context.queryBody()),
            OrderBy(context.orderBy()),
            limit,
            offset,
            AsOf(context.asOfSeq()) ?? LastPoint(context)
        );
        depth--;
        return query;
    }

    // The last words of a query are about all of it: an AS OF SEQ there holds for every table, though the grammar gives it to the last one.
    private SequencePoint? LastPoint(G.QueryContext context)
    {
        IParseTree last = context.queryBody();
        while (last is ParserRuleContext { ChildCount: > 0 } and not G.AsOfSeqContext)
            last = last.GetChild(last.ChildCount - 1);
        if (last is not G.AsOfSeqContext point)
            return null;
        if (context.orderBy() is null && context.limitClause().Length == 0)
            return AsOf(point);
        return context.queryBody().queryTerm() is [var term] && term.queryPrimary().Length == 1
            ? null
            : throw Error(
                point,
                "AS OF SEQ before the ORDER BY or LIMIT of a set operation could mean its last table or all of them; write it at the very "
                    + "end for all, or put the last SELECT in parentheses"
            );
    }

    private QueryBody Body(G.QueryBodyContext context)
    {
        var operators = context.setOperator();
        return Combine(
            Array.ConvertAll(context.queryTerm(), Term),
            i =>
                (
                    operators[i].UNION() is not null ? SetOperator.Union : SetOperator.Except,
                    operators[i].ALL() is not null
                )
        );
    }

    private QueryBody Term(G.QueryTermContext context)
    {
        var operators = context.intersectOperator();
        return Combine(
            Array.ConvertAll(context.queryPrimary(), Primary),
            i => (SetOperator.Intersect, operators[i].ALL() is not null)
        );
    }

    /// <summary>
    /// Joins the terms from the left; a long run of one associative operator becomes a balanced tree.
    /// </summary>
    private QueryBody Combine(QueryBody[] terms, Func<int, (SetOperator Operator, bool All)> operatorAt)
    {
        if (terms.Length == 1)
            return terms[0];
        var first = operatorAt(0);
        var associative = first.Operator != SetOperator.Except;
        for (var i = 1; i < terms.Length - 1; i++)
            associative &= operatorAt(i) == first;
        if (associative)
        {
            return Balance(
                terms,
                0,
                terms.Length,
                (left, right) =>
                    new SetOperation(SourceSpan.Cover(left.Span, right.Span), first.Operator, first.All, left, right)
            );
        }

        if (terms.Length > SqlParser.NestingMax)
            throw SqlParser.TooDeep(sql, terms[SqlParser.NestingMax].Span);
        var body = terms[0];
        for (var i = 1; i < terms.Length; i++)
        {
            var (op, all) = operatorAt(i - 1);
            body = new SetOperation(SourceSpan.Cover(body.Span, terms[i].Span), op, all, body, terms[i]);
        }

        return body;
    }

    private QueryBody Primary(G.QueryPrimaryContext context) =>
        context switch
        {
            G.SelectPrimaryContext c => Select(c.select()),
            G.ValuesPrimaryContext c => Values(c),
            G.NestedPrimaryContext c => new NestedBody(Span(c), Query(c.query())),
            _ => throw Unreachable(context),
        };

    private ValuesBody Values(G.ValuesPrimaryContext context)
    {
        var rows = context.valuesRow();
        var result = new IReadOnlyList<Expression>[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            result[i] = Exprs(rows[i].expr());
            if (result[i].Count != result[0].Count)
            {
                throw Error(
                    rows[i],
                    $"rows differ in length: the first one has {result[0].Count} values, this one {result[i].Count}"
                );
            }
        }

        return new ValuesBody(Span(context), result);
    }

    private SelectBody Select(G.SelectContext context)
    {
        var samples = context.sampleBy();
        if (samples.Length > 1)
            throw Error(samples[1], "SAMPLE BY is given twice");
        return new SelectBody(
            Span(context),
            context.DISTINCT() is not null && context._distinctOn.Count == 0,
            Exprs(context._distinctOn),
            Array.ConvertAll(context.selectItem(), Item),
            Array.ConvertAll(context.tableRef(), Table),
            Optional(context.where),
            context.latestOn() is { } latest
                ? new LatestOn(Span(latest), Expr(latest.time), Exprs(latest._keys))
                : null,
            samples.Length == 0 ? null : Sample(samples[0]),
            context.contextBy() is { } contextBy ? Context(contextBy) : null,
            Exprs(context._groups),
            Optional(context.having),
            Optional(context.qualify)
        );
    }

    private SelectItem Item(G.SelectItemContext context)
    {
        var span = Span(context);
        if (context.expr() is not { } expr)
            return new StarItem(span, null);
        var alias =
            context.asLabel() is { } label ? Name(label.Start)
            : context.bareLabel() is { } bare ? Name(bare.Start)
            : null;
        if (Unwrap(expr) is not G.ExpandValueContext star)
            return new ExpressionItem(span, Expr(expr), alias);
        if (alias is not null)
            throw Error(alias.Span, "a star stands for several columns and takes no label");
        return new StarItem(span, Value(star.value()));
    }

    private ContextBy Context(G.ContextByContext context)
    {
        var reset = context.contextReset();
        StringLiteral? calendar = null;
        IntervalLiteral? every = null;
        if (reset is not null)
        {
            var wanted = reset.calendar is null ? "every" : "session";
            if (Name(reset.word).Name != wanted)
                throw Error(reset.word, "RESET takes EVERY and an interval, or ON SESSION and a calendar");
            calendar = reset.calendar is null ? null : Text(reset.calendar);
            every = reset.every is null ? null : Interval(reset.every);
        }

        return new ContextBy(Span(context), Exprs(context._keys), OrderBy(context.orderBy()), calendar, every);
    }

    private SortItem[] OrderBy(G.OrderByContext? context) =>
        context is null
            ? []
            : Array.ConvertAll(
                context.sortItem(),
                item => new SortItem(
                    Span(item),
                    Expr(item.expr()),
                    item.DESC() is not null,
                    item.NULLS() is null ? null : item.FIRST() is not null
                )
            );

    private SequencePoint? AsOf(G.AsOfSeqContext? context)
    {
        if (context is null)
            return null;
        Expression value = context.PARAMETER() is { } parameter
            ? ParameterOf(parameter.Symbol)
            : NumberOf(context.INTEGER().Symbol, NumberForm.Integer);
        return new SequencePoint(Span(context), value);
    }

    // ---- tables

    private TableSource Table(G.TableRefContext context)
    {
        Descend(context);
        var tails = context.joinTail();
        if (tails.Length > SqlParser.NestingMax)
            throw SqlParser.TooDeep(sql, Span(tails[SqlParser.NestingMax]));
        var table = Primary(context.tablePrimary());
        foreach (var tail in tails)
            table = Join(table, tail);
        depth--;
        return table;
    }

    private TableSource Primary(G.TablePrimaryContext context)
    {
        switch (context)
        {
            case G.NamedTableContext c:
                var points = c.asOfSeq();
                if (points.Length > 1)
                    throw Error(points[1], "AS OF SEQ is given twice");
                return new NamedTable(
                    Span(c),
                    Name(c.qualifiedName()),
                    Alias(c.tableAlias()),
                    points.Length == 0 ? null : AsOf(points[0])
                );
            case G.DerivedTableContext c:
                return new DerivedTable(Span(c), Query(c.query()), Alias(c.tableAlias()));
            case G.NestedTableContext c:
                return Table(c.tableRef());
            default:
                throw Unreachable(context);
        }
    }

    private static TableAlias? Alias(G.TableAliasContext? context) =>
        context is null
            ? null
            : new TableAlias(
                Span(context),
                Name(context.asLabel()?.Start ?? context.bareLabel().Start),
                Names(context.columnList())
            );

    private TableSource Join(TableSource left, G.JoinTailContext context)
    {
        var span = SourceSpan.Cover(left.Span, Span(context));
        return context switch
        {
            G.CrossJoinContext c => new JoinedTable(span, JoinKind.Cross, left, Primary(c.tablePrimary()), null, []),
            G.PlainJoinContext c => new JoinedTable(
                span,
                c.LEFT() is null ? JoinKind.Inner : JoinKind.Left,
                left,
                Primary(c.tablePrimary()),
                Optional(c.joinCondition().expr()),
                Names(c.joinCondition().columnList())
            ),
            G.AsofJoinContext c => Asof(span, left, c),
            G.LookupJoinContext c => Lookup(span, left, c),
            G.WindowJoinContext c => WindowJoin(span, left, c),
            _ => throw Unreachable(context),
        };
    }

    // The alias may stand before FOR or behind the point in time.
    private LookupJoinedTable Lookup(SourceSpan span, TableSource left, G.LookupJoinContext context)
    {
        var right = Primary(context.tablePrimary());
        var point = context.lookupPoint();
        if (point.tableAlias() is { } alias)
        {
            right = right switch
            {
                NamedTable { Alias: null } named => named with { Alias = Alias(alias) },
                DerivedTable { Alias: null } derived => derived with { Alias = Alias(alias) },
                _ => throw Error(alias, "the alias is given twice, or names a join"),
            };
        }

        return new LookupJoinedTable(
            span,
            context.LEFT() is not null,
            left,
            right,
            Value(point.value()),
            Optional(context.joinCondition().expr()),
            Names(context.joinCondition().columnList())
        );
    }

    private WindowJoinedTable WindowJoin(SourceSpan span, TableSource left, G.WindowJoinContext context)
    {
        var frame = Frame(context.frame());
        if (frame.Unit != FrameUnit.Range)
            throw Error(context.frame(), "the window of a WINDOW JOIN is a RANGE of time");
        return new WindowJoinedTable(
            span,
            left,
            Primary(context.tablePrimary()),
            Optional(context.windowKeys()?.expr()),
            Names(context.windowKeys()?.columnList()),
            frame,
            context.windowPrevailing()?.EXCLUDE() is not null
        );
    }

    private AsofJoinedTable Asof(SourceSpan span, TableSource left, G.AsofJoinContext context)
    {
        var right = Primary(context.tablePrimary());
        Expression? on = null;
        IReadOnlyList<Identifier>? keys = null;
        Expression? match = null;
        Expression? tolerance = null;
        bool? nearest = null;
        foreach (var part in context.asofPart())
        {
            switch (part)
            {
                case G.AsofKeysContext c:
                    RefuseTwice((object?)on ?? keys, c, "the join condition");
                    keys = Names(c.columnList());
                    break;
                case G.AsofUsingContext c:
                    RefuseTwice((object?)on ?? keys, c, "the join condition");
                    keys = Names(c.columnList());
                    break;
                case G.AsofOnContext c:
                    RefuseTwice((object?)on ?? keys, c, "the join condition");
                    on = Expr(c.expr());
                    break;
                case G.AsofMatchContext c:
                    RefuseTwice(match, c, "MATCH_CONDITION");
                    match = Expr(c.expr());
                    break;
                case G.AsofToleranceContext c:
                    RefuseTwice(tolerance, c, "TOLERANCE");
                    tolerance = Value(c.value());
                    break;
                case G.AsofNearestContext c:
                    RefuseTwice(nearest, c, "NEAREST");
                    nearest = true;
                    break;
                default:
                    throw Unreachable(part);
            }
        }

        return new AsofJoinedTable(
            span,
            context.LEFT() is not null,
            left,
            right,
            on,
            keys ?? [],
            match,
            tolerance,
            nearest ?? false
        );
    }
}
