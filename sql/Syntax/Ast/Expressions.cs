namespace TickStore.Sql.Syntax;

/// <summary>
/// Anything that gives a value. Parentheses leave no node, but are inside the span of what they hold.
/// </summary>
internal abstract record Expression(SourceSpan Span) : SyntaxNode(Span);

/// <summary>
/// A dotted name without parentheses: a column, a column of a table, or a field of a struct column; what each part is,
/// the binder finds out.
/// </summary>
internal sealed record ColumnReference(SourceSpan Span, IReadOnlyList<Identifier> Parts) : Expression(Span);

/// <summary>(struct).field.</summary>
internal sealed record FieldAccess(SourceSpan Span, Expression Operand, Identifier Field) : Expression(Span);

/// <summary>array[index], counted from 1.</summary>
internal sealed record Subscript(SourceSpan Span, Expression Operand, Expression Index) : Expression(Span);

/// <summary>A prefix operator.</summary>
internal sealed record UnaryExpression(SourceSpan Span, UnaryOperator Operator, Expression Operand) : Expression(Span);

/// <summary>The prefix operators.</summary>
internal enum UnaryOperator
{
    /// <summary>+x.</summary>
    Plus,

    /// <summary>-x; a minus before a number belongs to the literal.</summary>
    Minus,

    /// <summary>NOT x.</summary>
    Not,
}

/// <summary>
/// An infix operator. Chains are left-deep; AND, OR and || chains of more than 64 operands are balanced instead (they
/// are associative), so that the depth of the tree stays within its limit.
/// </summary>
internal sealed record BinaryExpression(SourceSpan Span, BinaryOperator Operator, Expression Left, Expression Right)
    : Expression(Span);

/// <summary>The infix operators.</summary>
internal enum BinaryOperator
{
    /// <summary>+.</summary>
    Add,

    /// <summary>-.</summary>
    Subtract,

    /// <summary>*.</summary>
    Multiply,

    /// <summary>/.</summary>
    Divide,

    /// <summary>%.</summary>
    Modulo,

    /// <summary>^.</summary>
    Power,

    /// <summary>||.</summary>
    Concat,

    /// <summary>=.</summary>
    Equal,

    /// <summary>Written as either of the two not-equal signs.</summary>
    NotEqual,

    /// <summary>Less than.</summary>
    Less,

    /// <summary>Less than or equal.</summary>
    LessOrEqual,

    /// <summary>Greater than.</summary>
    Greater,

    /// <summary>Greater than or equal.</summary>
    GreaterOrEqual,

    /// <summary>IS DISTINCT FROM.</summary>
    IsDistinctFrom,

    /// <summary>IS NOT DISTINCT FROM.</summary>
    IsNotDistinctFrom,

    /// <summary>AND.</summary>
    And,

    /// <summary>OR.</summary>
    Or,
}

/// <summary>IS [NOT] NULL, TRUE, FALSE or UNKNOWN.</summary>
internal sealed record IsExpression(SourceSpan Span, Expression Operand, IsTest Test, bool Negated) : Expression(Span);

/// <summary>What IS asks for.</summary>
internal enum IsTest
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>The boolean true.</summary>
    True,

    /// <summary>The boolean false.</summary>
    False,

    /// <summary>A boolean without a value.</summary>
    Unknown,
}

/// <summary>[NOT] BETWEEN low AND high, both ends included.</summary>
internal sealed record BetweenExpression(
    SourceSpan Span,
    Expression Operand,
    Expression Low,
    Expression High,
    bool Negated
) : Expression(Span);

/// <summary>[NOT] IN (list); at least one item.</summary>
internal sealed record InListExpression(
    SourceSpan Span,
    Expression Operand,
    IReadOnlyList<Expression> Items,
    bool Negated
) : Expression(Span);

/// <summary>[NOT] IN (query).</summary>
internal sealed record InQueryExpression(SourceSpan Span, Expression Operand, Query Query, bool Negated)
    : Expression(Span);

/// <summary>
/// [NOT] LIKE, or ILIKE where <paramref name="IgnoreCase"/>. Without ESCAPE the escape is a backslash.
/// </summary>
internal sealed record LikeExpression(
    SourceSpan Span,
    Expression Operand,
    Expression Pattern,
    Expression? Escape,
    bool IgnoreCase,
    bool Negated
) : Expression(Span);

/// <summary>EXISTS (query).</summary>
internal sealed record ExistsExpression(SourceSpan Span, Query Query) : Expression(Span);

/// <summary>(query) as a value.</summary>
internal sealed record ScalarSubquery(SourceSpan Span, Query Query) : Expression(Span);

/// <summary>CASE; with an operand each condition is a value that is compared with it.</summary>
internal sealed record CaseExpression(
    SourceSpan Span,
    Expression? Operand,
    IReadOnlyList<CaseBranch> Branches,
    Expression? Otherwise
) : Expression(Span);

/// <summary>WHEN condition THEN result.</summary>
internal sealed record CaseBranch(SourceSpan Span, Expression Condition, Expression Result) : SyntaxNode(Span);

/// <summary>CAST(x AS type) or x::type.</summary>
internal sealed record CastExpression(SourceSpan Span, Expression Operand, TypeName Type) : Expression(Span);

/// <summary>ARRAY[..]; may be empty.</summary>
internal sealed record ArrayExpression(SourceSpan Span, IReadOnlyList<Expression> Items) : Expression(Span);

/// <summary>
/// A call. Forms with a grammar of their own arrive here as plain calls: extract('field', x), substring(x, from,
/// length), position(needle, haystack), btrim/ltrim/rtrim(x, characters), timezone(zone, x) for AT TIME ZONE.
/// </summary>
/// <param name="Span">The whole call, FILTER and OVER included.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">In order; empty for count(*).</param>
/// <param name="Star">True for name(*).</param>
/// <param name="Distinct">True for name(DISTINCT ..).</param>
/// <param name="Filter">FILTER (WHERE ..), or null.</param>
/// <param name="Over">OVER (..), or null.</param>
internal sealed record FunctionCall(
    SourceSpan Span,
    Identifier Name,
    IReadOnlyList<FunctionArgument> Arguments,
    bool Star,
    bool Distinct,
    Expression? Filter,
    WindowSpecification? Over
) : Expression(Span);

/// <summary>One argument; <paramref name="Name"/> is null unless it was written name => value.</summary>
internal sealed record FunctionArgument(SourceSpan Span, Identifier? Name, Expression Value) : SyntaxNode(Span);

/// <summary>What stands in OVER (..).</summary>
internal sealed record WindowSpecification(
    SourceSpan Span,
    IReadOnlyList<Expression> PartitionBy,
    IReadOnlyList<SortItem> OrderBy,
    WindowFrame? Frame
) : SyntaxNode(Span);

/// <summary>ROWS or RANGE. Without BETWEEN <paramref name="End"/> is CURRENT ROW, as the standard says.</summary>
internal sealed record WindowFrame(SourceSpan Span, FrameUnit Unit, FrameBound Start, FrameBound End)
    : SyntaxNode(Span);

/// <summary>What a frame counts.</summary>
internal enum FrameUnit
{
    /// <summary>Rows.</summary>
    Rows,

    /// <summary>Distance in the order key.</summary>
    Range,
}

/// <summary>One end of a frame. <paramref name="Offset"/> is null unless the kind is Preceding or Following.</summary>
internal sealed record FrameBound(SourceSpan Span, FrameBoundKind Kind, Expression? Offset) : SyntaxNode(Span);

/// <summary>The ends that a frame may have, in order along the partition.</summary>
internal enum FrameBoundKind
{
    /// <summary>The first row of the partition.</summary>
    UnboundedPreceding,

    /// <summary>An offset before the current row.</summary>
    Preceding,

    /// <summary>The current row.</summary>
    CurrentRow,

    /// <summary>An offset behind the current row.</summary>
    Following,

    /// <summary>The last row of the partition.</summary>
    UnboundedFollowing,
}
