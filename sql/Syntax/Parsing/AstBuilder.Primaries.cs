using System.Text;
using Antlr4.Runtime;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax.Generated;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <content>Primaries: literals, calls, CASE, subqueries.</content>
internal sealed partial class AstBuilder
{
    private Expression Primary(G.PrimaryContext context)
    {
        var span = Span(context);
        switch (context)
        {
            case G.LiteralPrimaryContext c:
                return Literal(c.literal());
            case G.ParameterPrimaryContext c:
                return ParameterOf(c.Start);
            case G.ColumnPrimaryContext c:
                return new ColumnReference(span, [Name(c.identifier())]);
            case G.ParenPrimaryContext c:
                return Expr(c.expr()) with { Span = span };
            case G.SubqueryPrimaryContext c:
                return new ScalarSubquery(span, Query(c.query()));
            case G.ExistsPrimaryContext c:
                return new ExistsExpression(span, Query(c.query()));
            case G.CastPrimaryContext c:
                return new CastExpression(span, Expr(c.expr()), Type(c.typeName()));
            case G.ArrayPrimaryContext c:
                return new ArrayExpression(span, Exprs(c.expr()));
            case G.CasePrimaryContext c:
                var branches = Array.ConvertAll(
                    c.whenClause(),
                    branch => new CaseBranch(Span(branch), Expr(branch.condition), Expr(branch.result))
                );
                return new CaseExpression(span, Optional(c.operand), branches, Optional(c.otherwise));
            case G.ExtractPrimaryContext c:
                var field = c.stringLiteral() is { } text
                    ? Text(text)
                    : new StringLiteral(Span(c.identifier()), Name(c.identifier()).Name);
                return Call(span, c.Start, "extract", field, Expr(c.expr()));
            case G.SubstringPrimaryContext c:
                return Call(span, c.Start, "substring", Exprs(c._args));
            case G.PositionPrimaryContext c:
                return Call(span, c.Start, "position", Value(c.needle), Value(c.haystack));
            case G.TrimPrimaryContext c:
                return Trim(span, c);
            case G.CallPrimaryContext c:
                return Call(span, c);
            default:
                throw Unreachable(context);
        }
    }

    private static FunctionCall Call(SourceSpan span, IToken at, string name, params Expression[] arguments) =>
        new(
            span,
            new Identifier(Tokens.SpanOf(at), name, false),
            Array.ConvertAll(arguments, static value => new FunctionArgument(value.Span, null, value)),
            false,
            false,
            null,
            null
        );

    private FunctionCall Call(SourceSpan span, G.CallPrimaryContext context)
    {
        if (UnsupportedForms.IsCall(context.functionName().Start))
        {
            throw SqlError.At(
                ErrorCode.NotSupported,
                sql,
                span,
                $"{context.Start.Text.ToUpperInvariant()} is not supported in this version"
            );
        }

        var arguments = context.callArguments();
        var list = arguments is null
            ? []
            : Array.ConvertAll(
                arguments.argument(),
                argument => new FunctionArgument(
                    Span(argument),
                    argument.identifier() is { } name ? Name(name) : null,
                    Expr(argument.expr())
                )
            );
        for (var i = 1; i < list.Length; i++)
        {
            if (list[i].Name is null && list[i - 1].Name is not null)
                throw Error(list[i].Span, "an argument without a name cannot follow one with a name");
        }

        return new FunctionCall(
            span,
            Name(context.functionName().Start),
            list,
            arguments?.STAR() is not null,
            arguments?.DISTINCT() is not null,
            Optional(context.filterClause()?.expr()),
            context.overClause() is { } over ? Over(over) : null
        );
    }

    private FunctionCall Trim(SourceSpan span, G.TrimPrimaryContext context)
    {
        var tail = context.trimTail();
        var name = tail.side?.Type switch
        {
            TickSqlLexer.LEADING => "ltrim",
            TickSqlLexer.TRAILING => "rtrim",
            _ => "btrim",
        };
        var (text, characters) = tail switch
        {
            { text: null, chars: null } => (tail.first, null),
            { text: null } => (tail.first, tail.chars),
            _ => (tail.text, tail.first),
        };
        return characters is null
            ? Call(span, context.Start, name, Expr(text))
            : Call(span, context.Start, name, Expr(text), Expr(characters));
    }

    private WindowSpecification Over(G.OverClauseContext context) =>
        new(
            Span(context),
            Exprs(context._partitions),
            OrderBy(context.orderBy()),
            context.frame() is { } frame ? Frame(frame) : null
        );

    private WindowFrame Frame(G.FrameContext context)
    {
        var start = Bound(context.start);
        var end = context.finish is null
            ? new FrameBound(start.Span, FrameBoundKind.CurrentRow, null)
            : Bound(context.finish);
        if (
            start.Kind > end.Kind
            || start.Kind == FrameBoundKind.UnboundedFollowing
            || end.Kind == FrameBoundKind.UnboundedPreceding
        )
        {
            throw Error(context, "the frame's start lies behind its end");
        }

        var unit = context.unit.Type == TickSqlLexer.ROWS ? FrameUnit.Rows : FrameUnit.Range;
        return new WindowFrame(Span(context), unit, start, end);
    }

    private FrameBound Bound(G.FrameBoundContext context)
    {
        var span = Span(context);
        if (context.CURRENT() is not null)
            return new FrameBound(span, FrameBoundKind.CurrentRow, null);
        var preceding = context.PRECEDING() is not null;
        if (context.UNBOUNDED() is not null)
        {
            var kind = preceding ? FrameBoundKind.UnboundedPreceding : FrameBoundKind.UnboundedFollowing;
            return new FrameBound(span, kind, null);
        }

        return new FrameBound(
            span,
            preceding ? FrameBoundKind.Preceding : FrameBoundKind.Following,
            Value(context.value())
        );
    }

    // ---- literals

    private Expression Literal(G.LiteralContext context)
    {
        var span = Span(context);
        return context switch
        {
            G.NumberLiteralContext c => NumberOf(
                c.Start,
                c.Start.Type switch
                {
                    TickSqlLexer.INTEGER => NumberForm.Integer,
                    TickSqlLexer.DECIMAL => NumberForm.Decimal,
                    _ => NumberForm.Float,
                }
            ),
            G.TextLiteralContext c => Text(c.stringLiteral()),
            G.BooleanLiteralContext c => new BooleanLiteral(span, c.TRUE() is not null),
            G.NullLiteralContext => new NullLiteral(span),
            G.TemporalLiteralContext c => new TemporalLiteral(
                span,
                c.DATE() is not null ? TemporalKind.Date
                    : c.TIMESTAMP() is not null ? TemporalKind.Timestamp
                    : TemporalKind.Time,
                Text(c.stringLiteral()).Value
            ),
            G.SpanLiteralContext c => Interval(c.intervalLiteral()),
            _ => throw Unreachable(context),
        };
    }

    private static NumberLiteral NumberOf(IToken token, NumberForm form) =>
        new(Tokens.SpanOf(token), Digits(token.Text), form);

    private static string Digits(string text) => text.Replace("_", "", StringComparison.Ordinal);

    private Parameter ParameterOf(IToken token) =>
        int.TryParse(token.Text.AsSpan(1), out var number) && number is > 0 and <= ushort.MaxValue
            ? new Parameter(Tokens.SpanOf(token), number)
            : throw Error(token, $"parameters are numbered $1 to ${ushort.MaxValue}");

    private IntervalLiteral Interval(G.IntervalLiteralContext context)
    {
        var text =
            context.DURATION() is { } duration ? duration.GetText()
            : context.INTEGER() is { } count ? $"{Digits(count.GetText())} {Name(context.identifier()).Name}"
            : Text(context.stringLiteral()).Value;
        return IntervalText.TryParse(Encoding.UTF8.GetBytes(text), out var value) switch
        {
            TextStatus.Ok => new IntervalLiteral(Span(context), value),
            TextStatus.Overflow => throw Error(
                context,
                $"the interval '{Tokens.Clip(text)}' is out of range (about 292 years in nanoseconds)"
            ),
            _ when text.Contains('M', StringComparison.Ordinal) && context.DURATION() is not null => throw Error(
                context,
                $"'{Tokens.Clip(text)}' is ambiguous: write 1m for minutes and 1mo for months"
            ),
            _ => throw Error(
                context,
                $"'{Tokens.Clip(text)}' does not read as an interval; write '1 minute', '2 days 03:00:00' or 1m "
                    + "(units: ns us ms s m h d w mo y in lower case, or their names)"
            ),
        };
    }

    private StringLiteral Text(G.StringLiteralContext context)
    {
        var token = context.Start;
        var raw = token.Text;
        var value =
            token.Type == TickSqlLexer.STRING
                ? raw[1..^1].Replace("''", "'", StringComparison.Ordinal)
                : Unescape(raw.AsSpan(2, raw.Length - 3), token);
        return new StringLiteral(Tokens.SpanOf(token), value);
    }

    /// <summary>Escapes of E'..': those of PostgreSQL that name a character, \xhh, \uXXXX and \UXXXXXXXX.</summary>
    private string Unescape(ReadOnlySpan<char> body, IToken token)
    {
        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '\'')
                i++;
            if (body[i] != '\\')
            {
                text.Append(body[i]);
                continue;
            }

            var escape = body[++i];
            var hexDigits = escape switch
            {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            if (hexDigits == 0)
            {
                text.Append(
                    escape switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'b' => '\b',
                        'f' => '\f',
                        _ => escape,
                    }
                );
                continue;
            }

            var digits = body.Slice(i + 1, Math.Min(hexDigits, body.Length - i - 1));
            if (
                digits.Length < hexDigits
                || !uint.TryParse(digits, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code)
                || !Rune.IsValid(code)
            )
            {
                throw Error(
                    new SourceSpan(token.StartIndex + 1 + i, 2 + digits.Length),
                    $"\\{escape} takes {hexDigits} hexadecimal digits of a Unicode character"
                );
            }

            text.Append(new Rune(code).ToString());
            i += hexDigits;
        }

        return text.ToString();
    }
}
