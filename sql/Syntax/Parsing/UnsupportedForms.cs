using Antlr4.Runtime;
using TickStore.Sql.Syntax.Generated;

namespace TickStore.Sql.Syntax;

/// <summary>
/// Forms of SQL and of the dialect that are known and not there yet, so that they are refused by name and not as a
/// misspelling. When one of them begins to work, its line goes away.
/// </summary>
internal static class UnsupportedForms
{
    /// <summary>By the words that a statement starts with; longer ones first.</summary>
    private static readonly string[] Statements =
    [
        "CREATE BOOK VIEW",
        "CREATE LIVE VIEW",
        "CREATE VIEW",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "CREATE REPLAY",
        "CREATE BRANCH",
        "CREATE SCHEMA",
        "CREATE DATABASE",
        "CREATE USER",
        "CREATE ROLE",
        "CREATE TYPE",
        "CREATE SEQUENCE",
        "CREATE TEMP",
        "CREATE TEMPORARY",
        "ALTER MATERIALIZED VIEW",
        "ALTER TABLE",
        "ALTER REPLAY",
        "ALTER",
        "DROP VIEW",
        "DROP REPLAY",
        "DROP INDEX",
        "DROP SCHEMA",
        "PAUSE REPLAY",
        "RESUME REPLAY",
        "SEEK REPLAY",
        "STEP REPLAY",
        "COMPARE SHADOW",
        "SWAP SHADOW",
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT",
        "SET",
        "RESET",
        "SHOW",
        "DESCRIBE",
        "UPDATE",
        "DELETE",
        "MERGE",
        "TRUNCATE",
        "BACKUP",
        "RESTORE",
        "VACUUM",
        "ANALYZE",
        "GRANT",
        "REVOKE",
        "DECLARE",
        "FETCH",
        "PREPARE",
        "EXECUTE",
        "DEALLOCATE",
        "CALL",
        "USE",
        "ATTACH",
        "PRAGMA",
        "LISTEN",
        "NOTIFY",
        "PIVOT",
    ];

    /// <summary>By the words at the place of the error; longer ones first.</summary>
    private static readonly string[] Clauses =
    [
        "FOR SYSTEM_TIME AS OF",
        "FOR UPDATE",
        "HORIZON JOIN",
        "LATEST BY",
        "RIGHT JOIN",
        "RIGHT OUTER JOIN",
        "FULL JOIN",
        "FULL OUTER JOIN",
        "NATURAL JOIN",
        "LOOKUP JOIN",
        "LATERAL",
        "ALIGN TO",
        "EMIT",
        "PIVOT",
        "UNPIVOT",
        "TABLESAMPLE",
        "WINDOW",
        "FETCH",
        "PRIMARY KEY",
        "UNIQUE",
        "REFERENCES",
        "FOREIGN KEY",
        "CHECK",
        "DEFAULT",
        "GENERATED",
        "DEDUP KEY",
        "DEDUP UPSERT",
        "SEQUENCE",
        "ON LATE",
        "STORAGE POLICY",
        "ON CONFLICT",
        "RETURNING",
        "WITHIN GROUP",
        "OVERWRITE",
        "ADJUSTED FOR",
        "IGNORE NULLS",
        "RESPECT NULLS",
        "GROUPING SETS",
        "RECURSIVE",
        "GROUPS",
        "SIMILAR TO",
        "COLLATE",
    ];

    /// <summary>Forms that read as a call of a function.</summary>
    private static readonly string[] Calls = ["any", "some", "cube"];

    /// <summary>True where the name, unquoted, begins a form that only looks like a call.</summary>
    public static bool IsCall(IToken name) => Calls.Contains(name.Text, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The form that the error at <paramref name="index"/> is about and the token it starts at, or nulls. A clause
    /// counts where the unexpected token is one of its words.
    /// </summary>
    public static (string? Form, IToken? At) Find(List<IToken> tokens, int index)
    {
        var start = index;
        while (start > 0 && tokens[start - 1].Type != TickSqlLexer.SEMICOLON)
            start--;
        if (Longest(Statements, tokens, start) is { } statement && index < start + 3)
            return (statement, tokens[start]);
        var before = index > start ? tokens[index - 1].Type : TokenConstants.InvalidType;
        if (before == TickSqlLexer.OVER && Tokens.IsName(tokens[index].Type))
            return ("A named window", tokens[index]);
        if (
            tokens[index].Type == TickSqlLexer.LPAREN
            && Tokens.IsName(before)
            && index - 2 > start
            && tokens[index - 2].Type is TickSqlLexer.FROM or TickSqlLexer.JOIN or TickSqlLexer.COMMA
        )
        {
            return ("A function as a table", tokens[index - 1]);
        }

        for (var at = index; at >= Math.Max(start + 1, index - 3); at--)
        {
            if (Longest(Clauses, tokens, at) is { } clause && index - at <= clause.Count(static c => c == ' '))
                return (clause, tokens[at]);
        }

        return (null, null);
    }

    private static string? Longest(string[] forms, List<IToken> tokens, int at)
    {
        foreach (var form in forms)
        {
            if (Matches(form, tokens, at))
                return form;
        }

        return null;
    }

    private static bool Matches(string form, List<IToken> tokens, int at)
    {
        foreach (var word in form.AsSpan().Split(' '))
        {
            if (at >= tokens.Count || !form.AsSpan(word).Equals(tokens[at].Text, StringComparison.OrdinalIgnoreCase))
                return false;
            at++;
        }

        return true;
    }
}
