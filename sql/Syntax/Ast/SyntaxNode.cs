namespace TickStore.Sql.Syntax;

/// <summary>
/// A stretch of the SQL text: <paramref name="Start"/> and <paramref name="Length"/> in UTF-16 units.
/// </summary>
internal readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The first position behind the stretch.</summary>
    public int End => Start + Length;

    /// <summary>The smallest stretch that holds both.</summary>
    public static SourceSpan Cover(SourceSpan first, SourceSpan last)
    {
        var start = Math.Min(first.Start, last.Start);
        return new SourceSpan(start, Math.Max(first.End, last.End) - start);
    }
}

/// <summary>
/// What the user wrote, before any name means anything. Nodes are immutable; lists are never null and never change.
/// </summary>
/// <param name="Span">Where in the text the node stands.</param>
internal abstract record SyntaxNode(SourceSpan Span);

/// <summary>One name. <paramref name="Text"/> is as written, without quotes.</summary>
internal sealed record Identifier(SourceSpan Span, string Text, bool Quoted) : SyntaxNode(Span)
{
    /// <summary>The name it stands for: unquoted names fold to lower case, as in PostgreSQL.</summary>
    public string Name { get; } = Quoted ? Text : Text.ToLowerInvariant();
}

/// <summary>A name with its qualifiers, outermost first; at least one part.</summary>
internal sealed record QualifiedName(SourceSpan Span, IReadOnlyList<Identifier> Parts) : SyntaxNode(Span)
{
    /// <summary>The innermost name, without its qualifiers.</summary>
    public string Name => Parts[^1].Name;

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', Parts.Select(static part => part.Name));
}

/// <summary>
/// A type as written. <paramref name="Name"/> is folded; "double precision" and "timestamp with time zone" keep their
/// words. <paramref name="Arguments"/> are the numbers in parentheses; <paramref name="ArrayLengths"/> has one entry
/// for each pair of brackets, null where no length is given.
/// </summary>
internal sealed record TypeName(
    SourceSpan Span,
    string Name,
    IReadOnlyList<int> Arguments,
    IReadOnlyList<int?> ArrayLengths
) : SyntaxNode(Span);
