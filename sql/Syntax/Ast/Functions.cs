namespace TickStore.Sql.Syntax;

/// <summary>
/// CREATE FUNCTION name (parameters) RETURNS type AS expression. Of the body's names each is a parameter.
/// </summary>
internal sealed record CreateFunctionStatement(
    SourceSpan Span,
    Identifier Name,
    bool OrReplace,
    bool IfNotExists,
    IReadOnlyList<FunctionParameter> Parameters,
    TypeName Returns,
    Expression Body
) : Statement(Span);

/// <summary>One parameter of a function.</summary>
internal sealed record FunctionParameter(SourceSpan Span, Identifier Name, TypeName Type) : SyntaxNode(Span);

/// <summary>DROP FUNCTION [IF EXISTS] name.</summary>
internal sealed record DropFunctionStatement(SourceSpan Span, Identifier Name, bool IfExists) : Statement(Span);

/// <summary>ACKNOWLEDGE 'reader' SEQ n.</summary>
internal sealed record AcknowledgeStatement(SourceSpan Span, StringLiteral Reader, SequencePoint Sequence)
    : Statement(Span);

/// <summary>DROP SUBSCRIPTION [IF EXISTS] 'reader'.</summary>
internal sealed record DropReaderStatement(SourceSpan Span, StringLiteral Reader, bool IfExists) : Statement(Span);
