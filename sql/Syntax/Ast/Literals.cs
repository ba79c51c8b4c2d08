using TickStore.Core;

namespace TickStore.Sql.Syntax;

/// <summary>NULL.</summary>
internal sealed record NullLiteral(SourceSpan Span) : Expression(Span);

/// <summary>TRUE or FALSE.</summary>
internal sealed record BooleanLiteral(SourceSpan Span, bool Value) : Expression(Span);

/// <summary>
/// A number, exactly as text: an optional minus sign, digits without separators, and by <paramref name="Form"/> a point
/// or an exponent.
/// </summary>
internal sealed record NumberLiteral(SourceSpan Span, string Text, NumberForm Form) : Expression(Span);

/// <summary>How a number was written, which decides its type.</summary>
internal enum NumberForm
{
    /// <summary>Digits only.</summary>
    Integer,

    /// <summary>With a point: exact.</summary>
    Decimal,

    /// <summary>With an exponent: binary floating point.</summary>
    Float,
}

/// <summary>A string with its escapes resolved.</summary>
internal sealed record StringLiteral(SourceSpan Span, string Value) : Expression(Span);

/// <summary>DATE '..', TIMESTAMP '..' or TIME '..'; <paramref name="Text"/> is not yet read as a value.</summary>
internal sealed record TemporalLiteral(SourceSpan Span, TemporalKind Kind, string Text) : Expression(Span);

/// <summary>The words before a temporal literal.</summary>
internal enum TemporalKind
{
    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>A point in time.</summary>
    Timestamp,

    /// <summary>A time of day.</summary>
    Time,
}

/// <summary>INTERVAL '1 minute', or short 1m; the value is read and in range.</summary>
internal sealed record IntervalLiteral(SourceSpan Span, Interval Value) : Expression(Span);

/// <summary>$n; <paramref name="Number"/> is at least 1.</summary>
internal sealed record Parameter(SourceSpan Span, int Number) : Expression(Span);
