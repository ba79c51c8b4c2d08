namespace TickStore.Sql.Syntax;

/// <summary>What a statement that names a view says it is.</summary>
internal enum ViewWord
{
    /// <summary>MATERIALIZED VIEW.</summary>
    View,

    /// <summary>INDEX VIEW.</summary>
    Index,

    /// <summary>ALERT.</summary>
    Alert,
}

/// <summary>What CREATE of a view, of an index view or of an alert have in common.</summary>
internal abstract record ViewStatement(
    SourceSpan Span,
    QualifiedName Name,
    bool OrReplace,
    bool IfNotExists,
    ViewClauses Clauses
) : Statement(Span);

/// <summary>CREATE MATERIALIZED VIEW ... AS query.</summary>
internal sealed record CreateViewStatement(
    SourceSpan Span,
    QualifiedName Name,
    bool OrReplace,
    bool IfNotExists,
    Query Query,
    ViewClauses Clauses
) : ViewStatement(Span, Name, OrReplace, IfNotExists, Clauses);

/// <summary>
/// CREATE INDEX VIEW ... MEMBERS table WEIGHT column PRICE [column] FROM table DIVISOR [column FROM] table. A column that was not written
/// is null.
/// </summary>
internal sealed record CreateIndexViewStatement(
    SourceSpan Span,
    QualifiedName Name,
    bool OrReplace,
    bool IfNotExists,
    QualifiedName Members,
    Identifier Weight,
    QualifiedName Prices,
    Identifier? Price,
    QualifiedName Divisors,
    Identifier? Divisor,
    ViewClauses Clauses
) : ViewStatement(Span, Name, OrReplace, IfNotExists, Clauses);

/// <summary>CREATE ALERT ... AS query, with what says when it fires. A clause that was not written is null, or an empty list.</summary>
internal sealed record CreateAlertStatement(
    SourceSpan Span,
    QualifiedName Name,
    bool OrReplace,
    bool IfNotExists,
    Query Query,
    IReadOnlyList<Identifier> Key,
    IntervalLiteral? HoldsFor,
    Expression? RearmWhen,
    AlertRate? Rate,
    QualifiedName? Into,
    ViewClauses Clauses
) : ViewStatement(Span, Name, OrReplace, IfNotExists, Clauses);

/// <summary>AT MOST count PER interval.</summary>
internal sealed record AlertRate(SourceSpan Span, int Count, IntervalLiteral Interval) : SyntaxNode(Span);

/// <summary>The clauses behind a view's query. One that was not written is null, or an empty list.</summary>
internal sealed record ViewClauses(
    SourceSpan Span,
    EmitClause? Emit,
    BackfillClause? Backfill,
    LateClause? Late,
    IReadOnlyList<CopyOption> Options
) : SyntaxNode(Span);

/// <summary>EMIT ON CHANGE, EMIT ON WINDOW CLOSE, or EMIT EVERY <paramref name="Every"/>.</summary>
internal sealed record EmitClause(SourceSpan Span, bool OnWindowClose, IntervalLiteral? Every) : SyntaxNode(Span);

/// <summary>BACKFILL ALL [NEWEST FIRST], BACKFILL NONE, or BACKFILL FROM <paramref name="From"/>.</summary>
internal sealed record BackfillClause(SourceSpan Span, bool None, bool NewestFirst, Expression? From)
    : SyntaxNode(Span);

/// <summary>
/// ON LATE CORRECT [UNTIL interval THEN REJECT], or ON LATE REJECT.
/// </summary>
internal sealed record LateClause(SourceSpan Span, bool Reject, IntervalLiteral? Until) : SyntaxNode(Span);

/// <summary>EXPLAIN CREATE ...: what the view would be made of.</summary>
internal sealed record ExplainDefinitionStatement(SourceSpan Span, ViewStatement Definition) : Statement(Span);

/// <summary>EXPLAIN MATERIALIZED VIEW name.</summary>
internal sealed record ExplainViewStatement(SourceSpan Span, ViewWord Word, QualifiedName Name) : Statement(Span);

/// <summary>DROP MATERIALIZED VIEW [IF EXISTS] name.</summary>
internal sealed record DropViewStatement(SourceSpan Span, ViewWord Word, QualifiedName Name, bool IfExists)
    : Statement(Span);

/// <summary>SHOW LINEAGE FOR name.</summary>
internal sealed record ShowLineageStatement(SourceSpan Span, QualifiedName Name) : Statement(Span);

/// <summary>SHOW VIEWS.</summary>
internal sealed record ShowViewsStatement(SourceSpan Span) : Statement(Span);

/// <summary>WAIT FOR name SEQ n.</summary>
internal sealed record WaitForStatement(SourceSpan Span, QualifiedName Name, SequencePoint Sequence) : Statement(Span);

/// <summary>TEST ALERT name [FROM time] [TO time]. A time that was not written is null.</summary>
internal sealed record TestAlertStatement(SourceSpan Span, QualifiedName Name, Expression? From, Expression? Until)
    : Statement(Span);

/// <summary>
/// SUBSCRIBE TO a query or a table, with its clauses; exactly one of <paramref name="Query"/> and <paramref name="Name"/> is not null. A
/// clause that was not written is null, or an empty list.
/// </summary>
internal sealed record SubscribeStatement(
    SourceSpan Span,
    Query? Query,
    QualifiedName? Name,
    IReadOnlyList<CopyOption> Options,
    SequencePoint? AsOf,
    SequencePoint? UpTo,
    EnvelopeClause? Envelope,
    ConflateClause? Conflate,
    SlowClause? Slow,
    bool Durable,
    StringLiteral? Reader
) : Statement(Span);

/// <summary>ENVELOPE. <paramref name="Key"/> is what was written behind UPSERT, or empty.</summary>
internal sealed record EnvelopeClause(SourceSpan Span, EnvelopeForm Form, IReadOnlyList<Identifier> Key)
    : SyntaxNode(Span);

/// <summary>The forms of an envelope.</summary>
internal enum EnvelopeForm
{
    /// <summary>Every change with its operation and cause.</summary>
    Delta,

    /// <summary>The newest row of each key.</summary>
    Upsert,

    /// <summary>Rows that will not change any more.</summary>
    FinalOnly,
}

/// <summary>CONFLATE [BY (..)] EVERY interval. <paramref name="By"/> is empty where the view's key is meant.</summary>
internal sealed record ConflateClause(SourceSpan Span, IReadOnlyList<Identifier> By, IntervalLiteral Every)
    : SyntaxNode(Span);

/// <summary>ON SLOW.</summary>
internal sealed record SlowClause(SourceSpan Span, SlowReaction Reaction) : SyntaxNode(Span);

/// <summary>What happens where a reader cannot keep up.</summary>
internal enum SlowReaction
{
    /// <summary>The writer waits.</summary>
    Block,

    /// <summary>Changes of the same key merge.</summary>
    Conflate,

    /// <summary>Changes are left out, and the reader told how many.</summary>
    Skip,

    /// <summary>The subscription ends.</summary>
    Disconnect,
}
