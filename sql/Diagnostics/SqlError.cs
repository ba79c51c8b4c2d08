using System.Diagnostics.CodeAnalysis;
using System.Text;
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Diagnostics;

/// <summary>
/// Errors that point into the SQL text. The message is three lines: place and cause, the line of text, and a caret
/// under its first wrong character. Long lines are cut to a window around the caret.
/// </summary>
internal static class SqlError
{
    private const int WindowChars = 100;

    /// <summary>
    /// Makes the error; <paramref name="cause"/> says what is wrong and what is allowed, without a full stop.
    /// </summary>
    public static TickStoreException At(ErrorCode code, string sql, SourceSpan span, string cause)
    {
        var position = Math.Clamp(span.Start, 0, sql.Length);
        return new TickStoreException(code, Render(sql, position, cause)) { SqlPosition = position };
    }

    /// <summary>Throws what <see cref="At"/> makes.</summary>
    [DoesNotReturn]
    public static void Throw(ErrorCode code, string sql, SourceSpan span, string cause) =>
        throw At(code, sql, span, cause);

    /// <summary>Line and column of a position, both from 1; a column is a UTF-16 unit.</summary>
    public static (int Line, int Column) Locate(string sql, int position)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < position; i++)
        {
            if (sql[i] == '\n' || (sql[i] == '\r' && (i + 1 >= sql.Length || sql[i + 1] != '\n')))
            {
                line++;
                lineStart = i + 1;
            }
        }

        return (line, position - lineStart + 1);
    }

    private static string Render(string sql, int position, string cause)
    {
        var (line, column) = Locate(sql, position);
        var lineStart = position - column + 1;
        var lineEnd = position;
        while (lineEnd < sql.Length && sql[lineEnd] is not ('\n' or '\r'))
            lineEnd++;

        var from = lineStart;
        var to = lineEnd;
        if (to - from > WindowChars)
        {
            from = Math.Max(lineStart, Math.Min(position - (WindowChars / 2), lineEnd - WindowChars));
            to = Math.Min(lineEnd, from + WindowChars);
        }

        var text = new StringBuilder(cause.Length + (2 * WindowChars) + 40);
        text.Append("line ").Append(line).Append(", column ").Append(column).Append(": ").Append(cause).Append("\n  ");
        if (from > lineStart)
            text.Append("...");
        for (var i = from; i < to; i++)
            text.Append(char.IsControl(sql[i]) ? ' ' : sql[i]);
        if (to < lineEnd)
            text.Append("...");
        text.Append("\n  ");
        if (from > lineStart)
            text.Append("   ");
        // East Asian characters are two cells wide on a terminal; an ideographic space under each keeps the caret
        // below.
        for (var i = from; i < position; i++)
            text.Append(IsWide(sql[i]) ? '\u3000' : ' ');
        return text.Append('^').ToString();
    }

    private static bool IsWide(char c) =>
        c
            is (>= '\u1100' and <= '\u115F')
                or (>= '\u2E80' and <= '\uA4CF')
                or (>= '\uAC00' and <= '\uD7A3')
                or (>= '\uF900' and <= '\uFAFF')
                or (>= '\uFE30' and <= '\uFE6F')
                or (>= '\uFF00' and <= '\uFF60');
}
