namespace TickStore.Cli;

/// <summary>
/// Tells whether what was typed ends with a semicolon that ends a statement. It knows just enough of the dialect's
/// words for that: texts, quoted names and comments.
/// </summary>
internal static class SqlScript
{
    /// <summary>
    /// True where nothing but comments follows the last semicolon, so that a prompt need not wait for more.
    /// </summary>
    public static bool IsComplete(string script)
    {
        var isComplete = false;
        for (var position = 0; position < script.Length; )
        {
            var end = AfterToken(script, position);
            if (script[position] == ';')
            {
                isComplete = true;
            }
            else if (!char.IsWhiteSpace(script[position]) && !IsComment(script, position))
            {
                isComplete = false;
            }

            position = end;
        }

        return isComplete;
    }

    private static bool IsComment(string script, int position) =>
        StandsAt(script, position, "--") || StandsAt(script, position, "/*");

    private static bool StandsAt(string script, int position, string mark) =>
        string.CompareOrdinal(script, position, mark, 0, mark.Length) == 0;

    private static int AfterToken(string script, int position)
    {
        var character = script[position];
        if (character == '\'')
        {
            var isEscaped =
                position > 0
                && script[position - 1] is 'e' or 'E'
                && (position == 1 || !IsNamePart(script[position - 2]));
            return AfterQuoted(script, position, isEscaped);
        }

        if (character == '"')
        {
            return AfterQuoted(script, position, isEscaped: false);
        }

        if (IsComment(script, position))
        {
            return character == '-' ? AfterLine(script, position) : AfterBlockComment(script, position);
        }

        return position + 1;
    }

    private static bool IsNamePart(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';

    // A doubled quote is two texts that touch, which ends in the same place.
    private static int AfterQuoted(string script, int position, bool isEscaped)
    {
        var quote = script[position];
        for (var i = position + 1; i < script.Length; i++)
        {
            if (isEscaped && script[i] == '\\')
            {
                i++;
            }
            else if (script[i] == quote)
            {
                if (i + 1 >= script.Length || script[i + 1] != quote)
                {
                    return i + 1;
                }

                i++;
            }
        }

        return script.Length;
    }

    private static int AfterLine(string script, int position)
    {
        var end = script.AsSpan(position).IndexOfAny('\r', '\n');
        return end < 0 ? script.Length : position + end;
    }

    private static int AfterBlockComment(string script, int position)
    {
        var depth = 1;
        var i = position + 2;
        while (i < script.Length && depth > 0)
        {
            var isOpen = StandsAt(script, i, "/*");
            var isClose = StandsAt(script, i, "*/");
            depth +=
                isOpen ? 1
                : isClose ? -1
                : 0;
            i += isOpen || isClose ? 2 : 1;
        }

        return Math.Min(i, script.Length);
    }
}
