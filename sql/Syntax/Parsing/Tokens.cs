using Antlr4.Runtime;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax.Generated;

namespace TickStore.Sql.Syntax;

/// <summary>Facts about tokens, and the checks that come before the parser sees them.</summary>
internal static class Tokens
{
    /// <summary>The last keyword that can never be a name; token numbers follow the order of the grammar.</summary>
    private const int LastReserved = TickSqlLexer.WITH;

    private const int LastWord = TickSqlLexer.WINDOW;

    /// <summary>True for a keyword that is never a name unless quoted.</summary>
    public static bool IsReserved(int type) => type is > 0 and <= LastReserved;

    /// <summary>True for any keyword.</summary>
    public static bool IsKeyword(int type) => type is > 0 and <= LastWord;

    /// <summary>True for a name, or a keyword that may be one.</summary>
    public static bool IsName(int type) =>
        type is TickSqlLexer.IDENT or TickSqlLexer.QUOTED_IDENT || type is > LastReserved and <= LastWord;

    /// <summary>Where the token stands; the end of the text has length 0.</summary>
    public static SourceSpan SpanOf(IToken token) =>
        token.Type == TokenConstants.EOF
            ? new SourceSpan(token.StartIndex, 0)
            : new SourceSpan(token.StartIndex, token.StopIndex - token.StartIndex + 1);

    /// <summary>Refuses malformed tokens, comments that never end, and brackets nested beyond the limit.</summary>
    public static void Check(string sql, IList<IToken> tokens)
    {
        var openBrackets = 0;
        var openComments = 0;
        IToken? outermostComment = null;
        foreach (var token in tokens)
        {
            switch (token.Type)
            {
                case TickSqlLexer.LPAREN or TickSqlLexer.LBRACKET or TickSqlLexer.CASE:
                    if (++openBrackets > SqlParser.NestingMax)
                        throw SqlParser.TooDeep(sql, SpanOf(token));
                    break;
                case TickSqlLexer.RPAREN or TickSqlLexer.RBRACKET or TickSqlLexer.END:
                    openBrackets = Math.Max(0, openBrackets - 1);
                    break;
                case TickSqlLexer.SEMICOLON:
                    openBrackets = 0;
                    break;
                case TickSqlLexer.COMMENT_OPEN or TickSqlLexer.NESTED_OPEN:
                    if (openComments++ == 0)
                        outermostComment = token;
                    break;
                case TickSqlLexer.COMMENT_CLOSE:
                    openComments--;
                    break;
                case TickSqlLexer.UNTERMINATED_STRING:
                    throw Refuse(sql, token, "this string never ends; close it with ' (a quote inside is written '')");
                case TickSqlLexer.UNTERMINATED_IDENT:
                    throw Refuse(
                        sql,
                        token,
                        token.StopIndex + 1 < sql.Length && sql[token.StopIndex + 1] == '"'
                            ? "a quoted name needs at least one character"
                            : "this quoted name never ends; close it with \""
                    );
                case TickSqlLexer.JUNK_NUMBER:
                    throw Refuse(
                        sql,
                        token,
                        $"'{Clip(token.Text)}' is neither a number nor a duration (the units are "
                            + "ns us ms s m h d w mo y); names that begin with a digit need double quotes"
                    );
                case TickSqlLexer.UNKNOWN_CHAR:
                    throw Refuse(sql, token, Unexpected(token.Text[0]));
            }
        }

        if (openComments > 0)
            throw Refuse(sql, outermostComment!, "this comment never ends; close it with */");
    }

    /// <summary>A text shortened for a message.</summary>
    public static string Clip(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");

    private static TickStoreException Refuse(string sql, IToken token, string cause) =>
        SqlError.At(ErrorCode.SyntaxError, sql, SpanOf(token), cause);

    private static string Unexpected(char c) =>
        c switch
        {
            '\u2018' or '\u2019' => "a typographic quote; strings take the plain quote '",
            '\u201C' or '\u201D' => "a typographic quote; names take the plain double quote \"",
            '`' => "names are quoted with \", not with `",
            '$' => "a parameter is $ and a number, as in $1",
            '!' => "not equal is written <> or !=, and negation NOT",
            >= '\uFF01' and <= '\uFF5E' => $"'{c}' is a full-width character; write '{(char)(c - 0xFEE0)}'",
            _ when char.IsControl(c) => $"unexpected character U+{(int)c:X4}",
            _ => $"unexpected character '{c}'",
        };
}
