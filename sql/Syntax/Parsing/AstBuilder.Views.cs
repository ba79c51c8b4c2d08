using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <content>Views, alerts and subscriptions.</content>
internal sealed partial class AstBuilder
{
    private Statement Views(G.ViewStatementContext context)
    {
        var span = Span(context);
        return context switch
        {
            G.DefineViewContext c => Definition(c.viewDefinition()),
            G.ExplainDefinitionContext c => new ExplainDefinitionStatement(span, Definition(c.viewDefinition())),
            G.ExplainViewContext c => new ExplainViewStatement(span, Word(c.viewKind()), Name(c.name)),
            G.DropViewContext c => new DropViewStatement(span, Word(c.viewKind()), Name(c.name), c.IF() is not null),
            G.ShowLineageContext c => new ShowLineageStatement(span, Name(c.name)),
            G.ShowViewsContext => new ShowViewsStatement(span),
            G.WaitForContext c => new WaitForStatement(span, Name(c.name), Point(c, c.INTEGER(), c.PARAMETER())),
            G.TestAlertContext c => new TestAlertStatement(
                span,
                Name(c.name),
                c.from is null ? null : Value(c.from),
                c.until is null ? null : Value(c.until)
            ),
            G.SubscribeContext c => Subscription(c),
            _ => throw Unreachable(context),
        };
    }

    private static ViewWord Word(G.ViewKindContext context) =>
        context.ALERT() is not null ? ViewWord.Alert
        : context.INDEX() is not null ? ViewWord.Index
        : ViewWord.View;

    private ViewStatement Definition(G.ViewDefinitionContext context)
    {
        var span = Span(context);
        switch (context)
        {
            case G.CreateViewContext c:
                RefuseBoth(c.REPLACE(), c.IF());
                return new CreateViewStatement(
                    span,
                    Name(c.name),
                    c.REPLACE() is not null,
                    c.IF() is not null,
                    Query(c.query()),
                    Clauses(span, c.viewClause())
                );
            case G.CreateIndexViewContext c:
                RefuseBoth(c.REPLACE(), c.IF());
                return new CreateIndexViewStatement(
                    span,
                    Name(c.name),
                    c.REPLACE() is not null,
                    c.IF() is not null,
                    Name(c.members),
                    Name(c.weight),
                    Name(c.prices),
                    c.price is null ? null : Name(c.price),
                    Name(c.divisors),
                    c.divisor is null ? null : Name(c.divisor),
                    Clauses(span, c.viewClause())
                );
            case G.CreateAlertContext c:
                RefuseBoth(c.REPLACE(), c.IF());
                return Alert(span, c);
            default:
                throw Unreachable(context);
        }
    }

    private void RefuseBoth(ITerminalNode? replace, ITerminalNode? ifNotExists)
    {
        if (replace is not null && ifNotExists is not null)
            throw Error(ifNotExists.Symbol, "OR REPLACE and IF NOT EXISTS exclude each other");
    }

    private CreateAlertStatement Alert(SourceSpan span, G.CreateAlertContext context)
    {
        IReadOnlyList<Identifier>? key = null;
        IntervalLiteral? holdsFor = null;
        Expression? rearm = null;
        AlertRate? rate = null;
        QualifiedName? into = null;
        var clauses = new List<G.ViewClauseContext>();
        foreach (var clause in context.alertClause())
        {
            switch (clause)
            {
                case G.AlertKeyContext c:
                    RefuseTwice(key, c, "KEY");
                    key = Names(c.columnList());
                    break;
                case G.AlertForContext c:
                    RefuseTwice(holdsFor, c, "FOR");
                    holdsFor = Interval(c.intervalLiteral());
                    break;
                case G.AlertRearmContext c:
                    RefuseTwice(rearm, c, "REARM WHEN");
                    rearm = Expr(c.expr());
                    break;
                case G.AlertRateContext c:
                    RefuseTwice(rate, c, "AT MOST");
                    rate = new AlertRate(Span(c), SmallNumber(c.INTEGER()), Interval(c.intervalLiteral()));
                    break;
                case G.AlertIntoContext c:
                    RefuseTwice(into, c, "INTO");
                    into = Name(c.qualifiedName());
                    break;
                case G.AlertNotifyContext c:
                    throw SqlError.At(
                        ErrorCode.NotSupported,
                        sql,
                        Span(c),
                        "NOTIFY is not available: write INTO a table, and let what notifies SUBSCRIBE to it"
                    );
                case G.AlertViewContext c:
                    clauses.Add(c.viewClause());
                    break;
                default:
                    throw Unreachable(clause);
            }
        }

        return new CreateAlertStatement(
            span,
            Name(context.name),
            context.REPLACE() is not null,
            context.IF() is not null,
            Query(context.query()),
            key ?? [],
            holdsFor,
            rearm,
            rate,
            into,
            Clauses(span, [.. clauses])
        );
    }

    private ViewClauses Clauses(SourceSpan span, G.ViewClauseContext[] contexts)
    {
        EmitClause? emit = null;
        BackfillClause? backfill = null;
        LateClause? late = null;
        CopyOption[]? options = null;
        foreach (var clause in contexts)
        {
            switch (clause)
            {
                case G.EmitClauseContext c:
                    RefuseTwice(emit, c, "EMIT");
                    var every = c.intervalLiteral() is { } interval ? Interval(interval) : null;
                    emit = new EmitClause(Span(c), c.WINDOW() is not null, every);
                    break;
                case G.BackfillClauseContext c:
                    RefuseTwice(backfill, c, "BACKFILL");
                    var from = c.value() is { } value ? Value(value) : null;
                    backfill = new BackfillClause(Span(c), c.NONE() is not null, c.NEWEST() is not null, from);
                    break;
                case G.LateClauseContext c:
                    RefuseTwice(late, c, "ON LATE");
                    var until = c.intervalLiteral() is { } limit ? Interval(limit) : null;
                    late = new LateClause(Span(c), c.CORRECT() is null, until);
                    break;
                case G.OptionsClauseContext c:
                    RefuseTwice(options, c, "WITH");
                    options = Options(c.namedOption());
                    break;
                default:
                    throw Unreachable(clause);
            }
        }

        return new ViewClauses(span, emit, backfill, late, options ?? []);
    }

    private CopyOption[] Options(G.NamedOptionContext[] contexts)
    {
        var options = Array.ConvertAll(
            contexts,
            option => new CopyOption(
                Span(option),
                Name(option.identifier()).Name,
                option.copyValue() switch
                {
                    { } v when v.stringLiteral() is { } text => Text(text).Value,
                    { } v when v.identifier() is { } word => Name(word).Name,
                    { } v => v.GetText().ToLowerInvariant(),
                }
            )
        );
        for (var i = 1; i < options.Length; i++)
        {
            if (Array.FindIndex(options, 0, i, o => o.Name == options[i].Name) >= 0)
                throw Error(options[i].Span, $"option {options[i].Name.ToUpperInvariant()} is given twice");
        }

        return options;
    }

    private SubscribeStatement Subscription(G.SubscribeContext context)
    {
        CopyOption[]? options = null;
        SequencePoint? asOf = null;
        SequencePoint? upTo = null;
        EnvelopeClause? envelope = null;
        ConflateClause? conflate = null;
        SlowClause? slow = null;
        bool? durable = null;
        StringLiteral? reader = null;
        foreach (var clause in context.subscribeClause())
        {
            switch (clause)
            {
                case G.SubscribeOptionsContext c:
                    RefuseTwice(options, c, "WITH");
                    options = Options(c.namedOption());
                    break;
                case G.SubscribeFromContext c:
                    RefuseTwice(asOf, c, "AS OF SEQ");
                    asOf = Point(c, c.INTEGER(), c.PARAMETER());
                    break;
                case G.SubscribeUpToContext c:
                    RefuseTwice(upTo, c, "UP TO SEQ");
                    upTo = Point(c, c.INTEGER(), c.PARAMETER());
                    break;
                case G.SubscribeEnvelopeContext c:
                    RefuseTwice(envelope, c, "ENVELOPE");
                    var form =
                        c.UPSERT() is not null ? EnvelopeForm.Upsert
                        : c.DELTA() is not null ? EnvelopeForm.Delta
                        : EnvelopeForm.FinalOnly;
                    envelope = new EnvelopeClause(Span(c), form, Names(c.columnList()));
                    break;
                case G.SubscribeConflateContext c:
                    RefuseTwice(conflate, c, "CONFLATE");
                    conflate = new ConflateClause(Span(c), Names(c.columnList()), Interval(c.intervalLiteral()));
                    break;
                case G.SubscribeSlowContext c:
                    RefuseTwice(slow, c, "ON SLOW");
                    slow = new SlowClause(Span(c), Reaction(c));
                    break;
                case G.SubscribeVisibilityContext c:
                    RefuseTwice(durable, c, "VISIBILITY");
                    durable = true;
                    break;
                case G.SubscribeReaderContext c:
                    RefuseTwice(reader, c, "DURABLE");
                    reader = Text(c.stringLiteral());
                    break;
                default:
                    throw Unreachable(clause);
            }
        }

        return new SubscribeStatement(
            Span(context),
            context.query() is { } query ? Query(query) : null,
            context.name is { } name ? Name(name) : null,
            options ?? [],
            asOf,
            upTo,
            envelope,
            conflate,
            slow,
            durable ?? false,
            reader
        );
    }

    private static SlowReaction Reaction(G.SubscribeSlowContext context) =>
        context.BLOCK() is not null ? SlowReaction.Block
        : context.CONFLATE() is not null ? SlowReaction.Conflate
        : context.SKIP_ROWS() is not null ? SlowReaction.Skip
        : SlowReaction.Disconnect;

    private SequencePoint Point(ParserRuleContext context, ITerminalNode? number, ITerminalNode? parameter) =>
        new(
            Span(context),
            parameter is not null ? ParameterOf(parameter.Symbol) : NumberOf(number!.Symbol, NumberForm.Integer)
        );
}
