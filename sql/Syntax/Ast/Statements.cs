using TickStore.Core;

namespace TickStore.Sql.Syntax;

/// <summary>One statement of a script.</summary>
internal abstract record Statement(SourceSpan Span) : SyntaxNode(Span);

/// <summary>A query that stands alone.</summary>
internal sealed record QueryStatement(SourceSpan Span, Query Query) : Statement(Span);

/// <summary>EXPLAIN [ANALYZE] of a query.</summary>
internal sealed record ExplainStatement(SourceSpan Span, bool Analyze, Query Query) : Statement(Span);

/// <summary>CREATE TABLE. A clause that was not written is null, or an empty list.</summary>
internal sealed record CreateTableStatement(
    SourceSpan Span,
    QualifiedName Name,
    bool IfNotExists,
    IReadOnlyList<ColumnDefinition> Columns,
    EventTimeClause? EventTime,
    Identifier? ReceiveTime,
    Identifier? AvailableAt,
    IReadOnlyList<Identifier> ClusterBy,
    PartitionUnit? PartitionBy
) : Statement(Span);

/// <summary>One column of a CREATE TABLE.</summary>
internal sealed record ColumnDefinition(SourceSpan Span, Identifier Name, TypeName Type, bool NotNull)
    : SyntaxNode(Span);

/// <summary>EVENT TIME column [LATENESS interval].</summary>
internal sealed record EventTimeClause(SourceSpan Span, Identifier Column, IntervalLiteral? Lateness)
    : SyntaxNode(Span);

/// <summary>DROP TABLE [IF EXISTS].</summary>
internal sealed record DropTableStatement(SourceSpan Span, QualifiedName Name, bool IfExists) : Statement(Span);

/// <summary>CREATE CALENDAR. What was not written is null, or an empty list.</summary>
internal sealed record CreateCalendarStatement(
    SourceSpan Span,
    Identifier Name,
    bool IfNotExists,
    StringLiteral Zone,
    QualifiedName? Days,
    IReadOnlyList<SessionItem> Sessions,
    Identifier? Outside
) : Statement(Span);

/// <summary>SESSION name 'hh:mm'-'hh:mm' [AUCTION] [NIGHT].</summary>
internal sealed record SessionItem(
    SourceSpan Span,
    Identifier Name,
    StringLiteral From,
    StringLiteral Until,
    bool IsAuction,
    bool IsNight
) : SyntaxNode(Span);

/// <summary>DROP CALENDAR [IF EXISTS].</summary>
internal sealed record DropCalendarStatement(SourceSpan Span, Identifier Name, bool IfExists) : Statement(Span);

/// <summary>
/// INSERT INTO. Without a column list <paramref name="Columns"/> is empty and the source gives every column in order.
/// VALUES is a query whose body is <see cref="ValuesBody"/>.
/// </summary>
internal sealed record InsertStatement(
    SourceSpan Span,
    QualifiedName Table,
    IReadOnlyList<Identifier> Columns,
    Query Source
) : Statement(Span);

/// <summary>COPY table FROM file. Without a column list <paramref name="Columns"/> is empty.</summary>
internal sealed record CopyFromStatement(
    SourceSpan Span,
    QualifiedName Table,
    IReadOnlyList<Identifier> Columns,
    StringLiteral Path,
    IReadOnlyList<CopyOption> Options
) : Statement(Span);

/// <summary>
/// COPY ... TO file: of <paramref name="Query"/>, or of <paramref name="Table"/> with its optional column list; exactly
/// one of the two is not null.
/// </summary>
internal sealed record CopyToStatement(
    SourceSpan Span,
    QualifiedName? Table,
    IReadOnlyList<Identifier> Columns,
    Query? Query,
    StringLiteral Path,
    IReadOnlyList<CopyOption> Options
) : Statement(Span);

/// <summary>
/// One option of COPY. <paramref name="Name"/> is folded; <paramref name="Value"/> is null where only the name was
/// given, a string's content, or the word or number as written (words folded).
/// </summary>
internal sealed record CopyOption(SourceSpan Span, string Name, string? Value) : SyntaxNode(Span);
