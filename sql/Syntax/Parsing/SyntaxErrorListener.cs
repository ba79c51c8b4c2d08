using Antlr4.Runtime;
using Antlr4.Runtime.Misc;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax.Generated;

namespace TickStore.Sql.Syntax;

/// <summary>
/// Turns the parser's first complaint into an error that says what is wrong in the user's terms. The tests run from the
/// most to the least telling: a known form of a later version, brackets that do not match, a misspelt keyword, a
/// reserved word as a name, a missing comma, and last the plain list of what could have stood there.
/// </summary>
internal sealed class SyntaxErrorListener(string sql, CommonTokenStream tokens) : BaseErrorListener
{
    private const int ExpectedMax = 6;

    /// <inheritdoc/>
    public override void SyntaxError(
        TextWriter output,
        IRecognizer recognizer,
        IToken offendingSymbol,
        int line,
        int charPositionInLine,
        string msg,
        RecognitionException e
    )
    {
        var expected = e is NoViableAltException dead ? ExpectedBy(dead) : ((Parser)recognizer).GetExpectedTokens();
        throw Explain(offendingSymbol, expected);
    }

    private TickStoreException Explain(IToken token, IntervalSet expected)
    {
        var visible = tokens.GetTokens().Where(static t => t.Channel == Lexer.DefaultTokenChannel).ToList();
        var index = visible.IndexOf(token);
        if (UnsupportedForms.Find(visible, index) is var (form, at) && form is not null)
        {
            return SqlError.At(
                ErrorCode.NotSupported,
                sql,
                Tokens.SpanOf(at!),
                $"{form} is not supported in this version"
            );
        }

        if (Unbalanced(visible, index, expected) is { } bracket)
            return bracket;
        if (Misspelt(visible, index, expected) is { } misspelt)
            return misspelt;
        return SqlError.At(ErrorCode.SyntaxError, sql, Tokens.SpanOf(token), Cause(visible, index, expected));
    }

    private static string Cause(List<IToken> visible, int index, IntervalSet expected)
    {
        var token = visible[index];
        var before = index > 0 ? visible[index - 1].Type : TokenConstants.InvalidType;
        if (token.Type == TokenConstants.EOF)
        {
            return visible.Count == 1
                ? "there is no statement here"
                : "the statement ends too early" + Describe(expected);
        }

        var what = $"unexpected '{Tokens.Clip(token.Text)}'";
        if (token.Type == TickSqlLexer.EQ && before == TickSqlLexer.EQ)
            return what + "; equality is written with one =";
        if (
            Tokens.IsReserved(token.Type)
            && expected.Contains(TickSqlLexer.IDENT)
            && !BeginsOperand(visible[index + 1].Type)
            && before != TickSqlLexer.COMMA
        )
        {
            return $"{what}, which is a reserved word; as a name it is written \"{token.Text.ToLowerInvariant()}\"";
        }

        var mayEnd = expected.Contains(TokenConstants.EOF);
        if (BeginsOperand(token.Type) && mayEnd)
            return what + "; a comma, an operator or a semicolon may be missing before it";
        // Where a closing bracket was expected an operand stood before, so that the list may go on just as well.
        if (
            BeginsOperand(token.Type)
            && (expected.Contains(TickSqlLexer.COMMA) || expected.Contains(TickSqlLexer.RPAREN))
        )
            return what + "; a comma or an operator may be missing before it";
        return mayEnd ? what + "; the statement could end before it" : what + Describe(expected);
    }

    /// <summary>What would have kept one of the dying alternatives alive.</summary>
    private static IntervalSet ExpectedBy(NoViableAltException dead)
    {
        var expected = new IntervalSet();
        var atn = dead.Recognizer is Parser parser ? parser.Atn : null;
        if (atn is null || dead.DeadEndConfigs is null)
            return expected;
        foreach (var config in dead.DeadEndConfigs.configs)
            expected.AddAll(atn.NextTokens(config.state));
        return expected;
    }

    /// <summary>
    /// Brackets that do not match up to the error; and where a closing one was expected, those that stay open to the
    /// end.
    /// </summary>
    private TickStoreException? Unbalanced(List<IToken> visible, int index, IntervalSet expected)
    {
        var last = index;
        if (expected.Contains(TickSqlLexer.RPAREN) || expected.Contains(TickSqlLexer.RBRACKET))
        {
            while (visible[last].Type is not (TokenConstants.EOF or TickSqlLexer.SEMICOLON))
                last++;
        }

        var open = new Stack<IToken>();
        for (var i = 0; i <= last; i++)
        {
            var token = visible[i];
            switch (token.Type)
            {
                case TickSqlLexer.LPAREN or TickSqlLexer.LBRACKET:
                    open.Push(token);
                    break;
                case TickSqlLexer.SEMICOLON or TokenConstants.EOF when open.Count > 0:
                    return Syntax(open.Peek(), $"this '{open.Peek().Text}' is never closed");
                case TickSqlLexer.RPAREN or TickSqlLexer.RBRACKET:
                    var opener = token.Type == TickSqlLexer.RPAREN ? "(" : "[";
                    if (open.Count == 0)
                        return Syntax(token, $"this '{token.Text}' has no matching '{opener}'");
                    if (open.Pop() is var opened && opened.Text != opener)
                        return Syntax(token, $"this '{token.Text}' does not close the '{opened.Text}' that is open");
                    break;
            }
        }

        return null;
    }

    /// <summary>
    /// A misspelt keyword is either the unexpected word itself, or the word before it, which was then read as a label.
    /// </summary>
    private TickStoreException? Misspelt(List<IToken> visible, int index, IntervalSet expected)
    {
        if (visible[index].Type == TickSqlLexer.IDENT && Nearest(visible[index], expected.ToList()) is { } here)
            return Syntax(visible[index], $"unexpected '{visible[index].Text}'; did you mean {here}?");
        if (
            index > 1
            && visible[index - 1].Type == TickSqlLexer.IDENT
            && Nearest(visible[index - 1], ClauseStarts) is { } before
        )
        {
            return Syntax(visible[index - 1], $"unexpected '{visible[index - 1].Text}'; did you mean {before}?");
        }

        return null;
    }

    private static readonly int[] ClauseStarts =
    [
        TickSqlLexer.FROM,
        TickSqlLexer.WHERE,
        TickSqlLexer.GROUP,
        TickSqlLexer.HAVING,
        TickSqlLexer.ORDER,
        TickSqlLexer.LIMIT,
        TickSqlLexer.OFFSET,
        TickSqlLexer.UNION,
        TickSqlLexer.EXCEPT,
        TickSqlLexer.INTERSECT,
        TickSqlLexer.JOIN,
        TickSqlLexer.INNER,
        TickSqlLexer.LEFT,
        TickSqlLexer.CROSS,
        TickSqlLexer.ASOF,
        TickSqlLexer.SAMPLE,
        TickSqlLexer.CONTEXT,
        TickSqlLexer.VALUES,
        TickSqlLexer.SELECT,
        TickSqlLexer.QUALIFY,
        TickSqlLexer.BETWEEN,
        TickSqlLexer.LIKE,
        TickSqlLexer.ILIKE,
        TickSqlLexer.TOLERANCE,
    ];

    private static string? Nearest(IToken token, IEnumerable<int> types) =>
        NearestName.Find(
            token.Text,
            types.Where(Tokens.IsKeyword).Select(TickSqlLexer.DefaultVocabulary.GetSymbolicName)
        );

    private static bool BeginsOperand(int type) =>
        Tokens.IsName(type)
        || type
            is TickSqlLexer.STRING
                or TickSqlLexer.INTEGER
                or TickSqlLexer.DECIMAL
                or TickSqlLexer.FLOAT
                or TickSqlLexer.DURATION
                or TickSqlLexer.PARAMETER
                or TickSqlLexer.ESCAPED_STRING
                or TickSqlLexer.CASE
                or TickSqlLexer.CAST
                or TickSqlLexer.NULL
                or TickSqlLexer.TRUE
                or TickSqlLexer.FALSE;

    private static string Describe(IntervalSet expected)
    {
        var words = new List<string>();
        var expression = expected.Contains(TickSqlLexer.INTEGER) && expected.Contains(TickSqlLexer.CASE);
        if (expression)
            words.Add("an expression");
        else if (expected.Contains(TickSqlLexer.IDENT))
            words.Add("a name");
        foreach (var type in expected.ToList())
        {
            if (type <= 0 || (expected.Contains(TickSqlLexer.IDENT) && Tokens.IsName(type)))
                continue;
            if (
                expression
                && (
                    BeginsOperand(type)
                    || type
                        is TickSqlLexer.LPAREN
                            or TickSqlLexer.PLUS
                            or TickSqlLexer.MINUS
                            or TickSqlLexer.NOT
                            or TickSqlLexer.ARRAY
                            or TickSqlLexer.LEFT
                            or TickSqlLexer.RIGHT
                )
            )
            {
                continue;
            }

            words.Add(
                type switch
                {
                    TickSqlLexer.STRING => "a string",
                    TickSqlLexer.INTEGER => "a whole number",
                    TickSqlLexer.DURATION => "a duration",
                    TickSqlLexer.PARAMETER => "a parameter",
                    TickSqlLexer.ESCAPED_STRING or TickSqlLexer.DECIMAL or TickSqlLexer.FLOAT => "",
                    TickSqlLexer.SKIP_ROWS => "SKIP",
                    _ when Tokens.IsKeyword(type) => TickSqlLexer.DefaultVocabulary.GetSymbolicName(type),
                    _ => TickSqlLexer.DefaultVocabulary.GetLiteralName(type) ?? "",
                }
            );
        }

        words.RemoveAll(static word => word.Length == 0);
        return words.Count switch
        {
            0 or > ExpectedMax => "",
            1 => $"; expected {words[0]}",
            _ => $"; expected {string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}",
        };
    }

    private TickStoreException Syntax(IToken token, string cause) =>
        SqlError.At(ErrorCode.SyntaxError, sql, Tokens.SpanOf(token), cause);
}
