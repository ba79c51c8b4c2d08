namespace TickStore.Sql.Syntax;

/// <summary>Something in FROM.</summary>
internal abstract record TableSource(SourceSpan Span) : SyntaxNode(Span);

/// <summary>A table, view or common table by name.</summary>
internal sealed record NamedTable(SourceSpan Span, QualifiedName Name, TableAlias? Alias, SequencePoint? AsOf)
    : TableSource(Span);

/// <summary>A query (or VALUES) in parentheses.</summary>
internal sealed record DerivedTable(SourceSpan Span, Query Query, TableAlias? Alias) : TableSource(Span);

/// <summary>
/// A plain join. Cross joins have neither condition; the others have <paramref name="On"/> or a list
/// <paramref name="Using"/> that is not empty.
/// </summary>
internal sealed record JoinedTable(
    SourceSpan Span,
    JoinKind Kind,
    TableSource Left,
    TableSource Right,
    Expression? On,
    IReadOnlyList<Identifier> Using
) : TableSource(Span);

/// <summary>The kinds of plain join.</summary>
internal enum JoinKind
{
    /// <summary>Every pair.</summary>
    Cross,

    /// <summary>Pairs that meet the condition.</summary>
    Inner,

    /// <summary>As <see cref="Inner"/>, and left rows without a partner.</summary>
    Left,
}

/// <summary>
/// ASOF [LEFT] JOIN. The keys are in <paramref name="On"/> (equalities, and at most one inequality over time) or in
/// <paramref name="Using"/>, which also holds the short form ON (sym). <paramref name="MatchCondition"/> is the
/// inequality where it was written apart; <paramref name="Tolerance"/> is an interval or a number.
/// </summary>
internal sealed record AsofJoinedTable(
    SourceSpan Span,
    bool Outer,
    TableSource Left,
    TableSource Right,
    Expression? On,
    IReadOnlyList<Identifier> Using,
    Expression? MatchCondition,
    Expression? Tolerance,
    bool Nearest
) : TableSource(Span);

/// <summary>
/// [LEFT] JOIN with FOR SYSTEM_TIME AS OF: the row of the right side that was the latest when the left one came.
/// <paramref name="Point"/> is what stands behind AS OF.
/// </summary>
internal sealed record LookupJoinedTable(
    SourceSpan Span,
    bool Outer,
    TableSource Left,
    TableSource Right,
    Expression Point,
    Expression? On,
    IReadOnlyList<Identifier> Using
) : TableSource(Span);

/// <summary>
/// WINDOW JOIN: aggregates over the right rows around each left row. <paramref name="Frame"/> is by RANGE.
/// </summary>
internal sealed record WindowJoinedTable(
    SourceSpan Span,
    TableSource Left,
    TableSource Right,
    Expression? On,
    IReadOnlyList<Identifier> Using,
    WindowFrame Frame,
    bool ExcludePrevailing
) : TableSource(Span);

/// <summary>A name for a table, and for its first columns where <paramref name="Columns"/> is not empty.</summary>
internal sealed record TableAlias(SourceSpan Span, Identifier Name, IReadOnlyList<Identifier> Columns)
    : SyntaxNode(Span);
