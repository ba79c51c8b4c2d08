namespace TickStore.Sql.Syntax;

/// <summary>
/// A query with what surrounds its body. <paramref name="AsOf"/> is AS OF SEQ at the end: it holds for every table
/// below that has none of its own.
/// </summary>
internal sealed record Query(
    SourceSpan Span,
    IReadOnlyList<CommonTable> With,
    QueryBody Body,
    IReadOnlyList<SortItem> OrderBy,
    Expression? Limit,
    Expression? Offset,
    SequencePoint? AsOf
) : SyntaxNode(Span);

/// <summary>One query of WITH. <paramref name="Columns"/> renames its columns, or is empty.</summary>
internal sealed record CommonTable(SourceSpan Span, Identifier Name, IReadOnlyList<Identifier> Columns, Query Query)
    : SyntaxNode(Span);

/// <summary>What gives a query its rows.</summary>
internal abstract record QueryBody(SourceSpan Span) : SyntaxNode(Span);

/// <summary>A query in parentheses, with an order and a limit of its own.</summary>
internal sealed record NestedBody(SourceSpan Span, Query Query) : QueryBody(Span);

/// <summary>VALUES (..), (..): at least one row; rows of equal length, at least one.</summary>
internal sealed record ValuesBody(SourceSpan Span, IReadOnlyList<IReadOnlyList<Expression>> Rows) : QueryBody(Span);

/// <summary>UNION, EXCEPT or INTERSECT; <paramref name="All"/> keeps duplicates.</summary>
internal sealed record SetOperation(SourceSpan Span, SetOperator Operator, bool All, QueryBody Left, QueryBody Right)
    : QueryBody(Span);

/// <summary>The set operators.</summary>
internal enum SetOperator
{
    /// <summary>Rows of either side.</summary>
    Union,

    /// <summary>Rows of the left side that the right side does not have.</summary>
    Except,

    /// <summary>Rows of both sides.</summary>
    Intersect,
}

/// <summary>
/// SELECT. <paramref name="From"/> lists the comma-separated tables (empty: one row without columns);
/// <paramref name="DistinctOn"/> is empty unless DISTINCT ON was written, and then <paramref name="Distinct"/> is
/// false. An integer literal in <paramref name="GroupBy"/> is an ordinal.
/// </summary>
internal sealed record SelectBody(
    SourceSpan Span,
    bool Distinct,
    IReadOnlyList<Expression> DistinctOn,
    IReadOnlyList<SelectItem> Items,
    IReadOnlyList<TableSource> From,
    Expression? Where,
    LatestOn? LatestOn,
    SampleBy? SampleBy,
    ContextBy? ContextBy,
    IReadOnlyList<Expression> GroupBy,
    Expression? Having,
    Expression? Qualify
) : QueryBody(Span);

/// <summary>LATEST ON time PARTITION BY keys: the newest row of each key, of those that pass WHERE.</summary>
internal sealed record LatestOn(SourceSpan Span, Expression Time, IReadOnlyList<Expression> PartitionBy)
    : SyntaxNode(Span);

/// <summary>One entry of the select list.</summary>
internal abstract record SelectItem(SourceSpan Span) : SyntaxNode(Span);

/// <summary>
/// A star: of every table where <paramref name="Source"/> is null; else of a table (a column reference that names one)
/// or of the struct that an expression gives.
/// </summary>
internal sealed record StarItem(SourceSpan Span, Expression? Source) : SelectItem(Span);

/// <summary>An expression and its label, null where none was written.</summary>
internal sealed record ExpressionItem(SourceSpan Span, Expression Expression, Identifier? Alias) : SelectItem(Span);

/// <summary>
/// SAMPLE BY bucket and its options: ORIGIN, CLOSED, LABEL, TIME ZONE, CALENDAR, MERGE SHORT LAST, FILL; null (or false) where not
/// written.
/// </summary>
internal sealed record SampleBy(
    SourceSpan Span,
    IntervalLiteral Bucket,
    Expression? Origin,
    BucketSide? Closed,
    BucketSide? Label
) : SyntaxNode(Span)
{
    /// <summary>TIME ZONE 'name'.</summary>
    public StringLiteral? Zone { get; init; }

    /// <summary>CALENDAR 'name' (session INTO place, ..).</summary>
    public CalendarChoice? Calendar { get; init; }

    /// <summary>MERGE SHORT LAST.</summary>
    public bool MergesShortLast { get; init; }

    /// <summary>FILL (..).</summary>
    public FillClause? Fill { get; init; }
}

/// <summary>CALENDAR 'name', and where rows of some of its sessions go.</summary>
internal sealed record CalendarChoice(SourceSpan Span, StringLiteral Name, IReadOnlyList<PlacementItem> Placements)
    : SyntaxNode(Span);

/// <summary>session INTO place.</summary>
internal sealed record PlacementItem(SourceSpan Span, Identifier Session, Identifier Target) : SyntaxNode(Span);

/// <summary>FILL (value, ..) [WITHIN SESSION]; at least one value.</summary>
internal sealed record FillClause(SourceSpan Span, IReadOnlyList<FillItem> Values, bool WithinSession)
    : SyntaxNode(Span);

/// <summary>One value of FILL: a word (prev, linear, null), or a number; one of the two is null.</summary>
internal sealed record FillItem(SourceSpan Span, string? Word, NumberLiteral? Number) : SyntaxNode(Span);

/// <summary>
/// CONTEXT BY keys [ORDER BY ..] [RESET ON SESSION 'calendar' | RESET EVERY interval]: functions with state, for each
/// key by itself. At most one of <paramref name="Calendar"/> and <paramref name="Every"/> is given.
/// </summary>
internal sealed record ContextBy(
    SourceSpan Span,
    IReadOnlyList<Expression> Keys,
    IReadOnlyList<SortItem> OrderBy,
    StringLiteral? Calendar,
    IntervalLiteral? Every
) : SyntaxNode(Span);

/// <summary>An end of a time bucket.</summary>
internal enum BucketSide
{
    /// <summary>The start: CLOSED LEFT, LABEL OPEN.</summary>
    Start,

    /// <summary>The end: CLOSED RIGHT, LABEL CLOSE.</summary>
    End,
}

/// <summary>
/// One key of ORDER BY. Where NULLS was not written <paramref name="NullsFirst"/> is null, and nulls sort as larger
/// than every value (last ascending, first descending). An integer literal is an ordinal.
/// </summary>
internal sealed record SortItem(SourceSpan Span, Expression Expression, bool Descending, bool? NullsFirst)
    : SyntaxNode(Span);

/// <summary>AS OF SEQ n. <paramref name="Sequence"/> is an integer literal or a parameter.</summary>
internal sealed record SequencePoint(SourceSpan Span, Expression Sequence) : SyntaxNode(Span);
