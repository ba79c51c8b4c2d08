using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax.Generated;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <summary>
/// Parse trees to syntax trees, and the rules that a grammar says badly (clauses given twice, comparisons in a chain,
/// words out of a short list). One builder serves one text.
/// </summary>
internal sealed partial class AstBuilder(string sql)
{
    /// <summary>
    /// Levels of this class's own recursion; an operator takes one, a pair of parentheses one or two.
    /// </summary>
    private const int DepthMax = 3 * SqlParser.NestingMax;

    private int depth;

    /// <summary>One statement.</summary>
    public Statement Statement(G.StatementContext context)
    {
        depth = 0;
        var span = Span(context);
        return context switch
        {
            G.QueryStatementContext c => new QueryStatement(span, Query(c.query())),
            G.ExplainStatementContext c => new ExplainStatement(span, c.ANALYZE() is not null, Query(c.query())),
            G.CreateTableContext c => CreateTable(c),
            G.DropTableContext c => new DropTableStatement(span, Name(c.name), c.IF() is not null),
            G.CreateCalendarContext c => CreateCalendar(c),
            G.DropCalendarContext c => new DropCalendarStatement(span, Name(c.calendar), c.IF() is not null),
            G.InsertStatementContext c => new InsertStatement(
                span,
                Name(c.name),
                Names(c.columnList()),
                Query(c.query())
            ),
            G.CopyFromContext c => new CopyFromStatement(
                span,
                Name(c.name),
                Names(c.columnList()),
                Text(c.path),
                CopyOptions(c.copyOptions())
            ),
            G.CopyToContext c => new CopyToStatement(
                span,
                c.name is null ? null : Name(c.name),
                Names(c.columnList()),
                c.query() is null ? null : Query(c.query()),
                Text(c.path),
                CopyOptions(c.copyOptions())
            ),
            G.ViewStatementsContext c => Views(c.viewStatement()),
            G.FunctionStatementsContext c => Function(c.functionStatement()),
            G.ReaderStatementsContext c => Reader(c.readerStatement()),
            _ => throw Unreachable(context),
        };
    }

    private CreateTableStatement CreateTable(G.CreateTableContext context)
    {
        EventTimeClause? eventTime = null;
        Identifier? receiveTime = null;
        Identifier? availableAt = null;
        IReadOnlyList<Identifier>? clusterBy = null;
        PartitionUnit? partitionBy = null;
        foreach (var clause in context.tableClause())
        {
            switch (clause)
            {
                case G.EventTimeClauseContext c:
                    RefuseTwice(eventTime, c, "EVENT TIME");
                    var lateness = c.intervalLiteral() is { } interval ? Interval(interval) : null;
                    eventTime = new EventTimeClause(Span(c), Name(c.identifier()), lateness);
                    break;
                case G.ReceiveTimeClauseContext c:
                    RefuseTwice(receiveTime, c, "RECEIVE TIME");
                    receiveTime = Name(c.identifier());
                    break;
                case G.AvailableAtClauseContext c:
                    RefuseTwice(availableAt, c, "AVAILABLE AT");
                    availableAt = Name(c.identifier());
                    break;
                case G.ClusterByClauseContext c:
                    RefuseTwice(clusterBy, c, "CLUSTER BY");
                    clusterBy = Names(c.columnList());
                    break;
                case G.PartitionByClauseContext c:
                    RefuseTwice(partitionBy, c, "PARTITION BY");
                    partitionBy = Partition(c.identifier());
                    break;
                default:
                    throw Unreachable(clause);
            }
        }

        return new CreateTableStatement(
            Span(context),
            Name(context.name),
            context.IF() is not null,
            Array.ConvertAll(context.columnDef(), Column),
            eventTime,
            receiveTime,
            availableAt,
            clusterBy ?? [],
            partitionBy
        );
    }

    private ColumnDefinition Column(G.ColumnDefContext context)
    {
        bool? notNull = null;
        foreach (var constraint in context.columnConstraint())
        {
            RefuseTwice(notNull, constraint, "NULL or NOT NULL");
            notNull = constraint.NOT() is not null;
        }

        return new ColumnDefinition(
            Span(context),
            Name(context.identifier()),
            Type(context.typeName()),
            notNull ?? false
        );
    }

    private PartitionUnit Partition(G.IdentifierContext context)
    {
        var name = Name(context).Name;
        return name switch
        {
            "none" => PartitionUnit.None,
            "hour" => PartitionUnit.Hour,
            "day" => PartitionUnit.Day,
            "month" => PartitionUnit.Month,
            "year" => PartitionUnit.Year,
            _ => throw Error(
                context,
                $"PARTITION BY takes NONE, HOUR, DAY, MONTH or YEAR, not '{Tokens.Clip(name)}'"
                    + NearestName.Hint(name, ["none", "hour", "day", "month", "year"])
            ),
        };
    }

    private CopyOption[] CopyOptions(G.CopyOptionsContext? context)
    {
        if (context is null)
            return [];
        return Array.ConvertAll(
            context.copyOption(),
            option =>
            {
                var name = option.identifier() is { } label ? Name(label).Name : "null";
                var value = option.copyValue() switch
                {
                    null => null,
                    { } v when v.stringLiteral() is { } text => Text(text).Value,
                    { } v when v.identifier() is { } word => Name(word).Name,
                    { } v => v.GetText().ToLowerInvariant(),
                };
                return new CopyOption(Span(option), name, value);
            }
        );
    }

    // ---- names and types

    private static Identifier Name(G.IdentifierContext context) => Name(context.Start);

    private static Identifier Name(IToken token)
    {
        var text = token.Text;
        return token.Type == TickSqlLexer.QUOTED_IDENT
            ? new Identifier(Tokens.SpanOf(token), text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal), true)
            : new Identifier(Tokens.SpanOf(token), text, false);
    }

    private static QualifiedName Name(G.QualifiedNameContext context) =>
        new(Span(context), Array.ConvertAll(context.identifier(), static part => Name(part)));

    private static Identifier[] Names(G.ColumnListContext? context) =>
        context is null ? [] : Array.ConvertAll(context.identifier(), static part => Name(part));

    private TypeName Type(G.TypeNameContext context)
    {
        var name = Name(context.identifier()).Name;
        if (context.PRECISION() is { } precision)
        {
            if (name != "double")
                throw Error(precision.Symbol, "PRECISION belongs to DOUBLE only");
            name = "double precision";
        }

        if (context.TIME() is not null)
        {
            if (name is not ("timestamp" or "time"))
                throw Error(context.TIME().Symbol, "WITH and WITHOUT TIME ZONE belong to TIMESTAMP and TIME only");
            if (context.WITH() is not null)
                name += " with time zone";
        }

        return new TypeName(
            Span(context),
            name,
            Array.ConvertAll(context.INTEGER(), SmallNumber),
            Array.ConvertAll(
                context.arrayLength(),
                length => length.INTEGER() is { } number ? SmallNumber(number) : (int?)null
            )
        );
    }

    private int SmallNumber(ITerminalNode node) =>
        int.TryParse(Digits(node.GetText()), out var value)
            ? value
            : throw Error(node.Symbol, $"{Tokens.Clip(node.GetText())} is too large here; at most {int.MaxValue}");

    // ---- spans and errors

    private static SourceSpan Span(ParserRuleContext context)
    {
        var start = context.Start.StartIndex;
        return new SourceSpan(start, Math.Max(0, (context.Stop ?? context.Start).StopIndex + 1 - start));
    }

    private TickStoreException Error(ParserRuleContext context, string cause) => Error(Span(context), cause);

    private TickStoreException Error(IToken token, string cause) => Error(Tokens.SpanOf(token), cause);

    private TickStoreException Error(SourceSpan span, string cause) =>
        SqlError.At(ErrorCode.SyntaxError, sql, span, cause);

    private void RefuseTwice(object? earlier, ParserRuleContext context, string clause)
    {
        if (earlier is not null)
            throw Error(context, $"{clause} is given twice");
    }

    private static InvalidOperationException Unreachable(IParseTree context) =>
        new($"The grammar has a form that the tree builder does not know: {context.GetType().Name}");
}
