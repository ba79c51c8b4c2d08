using Antlr4.Runtime;
using Antlr4.Runtime.Atn;
using Antlr4.Runtime.Misc;
using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax.Generated;

namespace TickStore.Sql.Syntax;

/// <summary>
/// SQL text to syntax trees. Parsing is tried with the cheaper SLL prediction first and repeated with full LL where
/// that fails, which also finds the better place for the error. Safe for use by many threads at once.
/// </summary>
internal static class SqlParser
{
    /// <summary>How deep parentheses, subqueries and operators may nest.</summary>
    public const int NestingMax = 500;

    /// <summary>
    /// Parses exactly one statement; semicolons around it are allowed. Throws <see cref="TickStoreException"/> with
    /// <see cref="ErrorCode.SyntaxError"/>, or <see cref="ErrorCode.NotSupported"/> for a known form of a later
    /// version.
    /// </summary>
    public static Statement Parse(string sql)
    {
        var tokens = Tokenize(sql);
        var tree = Run(sql, tokens, static parser => parser.singleStatement());
        return new AstBuilder(sql).Statement(tree.statement());
    }

    /// <summary>
    /// Parses statements separated by semicolons; empty ones are left out. Errors as <see cref="Parse"/>.
    /// </summary>
    public static IReadOnlyList<Statement> ParseScript(string sql)
    {
        var tokens = Tokenize(sql);
        var tree = Run(sql, tokens, static parser => parser.script());
        var builder = new AstBuilder(sql);
        return Array.ConvertAll(tree.statement(), builder.Statement);
    }

    /// <summary>The error for a statement nested beyond <see cref="NestingMax"/>.</summary>
    internal static TickStoreException TooDeep(string sql, SourceSpan span) =>
        SqlError.At(
            ErrorCode.SyntaxError,
            sql,
            span,
            $"the statement nests too deeply here; at most {NestingMax} levels"
        );

    private static CommonTokenStream Tokenize(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var lexer = new TickSqlLexer(new AntlrInputStream(sql), TextWriter.Null, TextWriter.Null);
        lexer.RemoveErrorListeners();
        var tokens = new CommonTokenStream(lexer);
        tokens.Fill();
        Tokens.Check(sql, tokens.GetTokens());
        return tokens;
    }

    private static T Run<T>(string sql, CommonTokenStream tokens, Func<TickSqlParser, T> rule)
    {
        var parser = new TickSqlParser(tokens, TextWriter.Null, TextWriter.Null) { Sql = sql };
        PredictionCache.Attach(parser);
        parser.RemoveErrorListeners();
        parser.Interpreter.PredictionMode = PredictionMode.SLL;
        parser.ErrorHandler = new BailErrorStrategy();
        try
        {
            return rule(parser);
        }
        catch (ParseCanceledException)
        {
            tokens.Seek(0);
            parser.Reset();
            parser.Interpreter.PredictionMode = PredictionMode.LL;
            parser.ErrorHandler = new DefaultErrorStrategy();
            parser.AddErrorListener(new SyntaxErrorListener(sql, tokens));
            return rule(parser);
        }
    }
}
