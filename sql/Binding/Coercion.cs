using System.Text;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>
/// Gives expressions the type that their place wants. Constants are converted at once, so that errors have a caret.
/// </summary>
internal static class Coercion
{
    /// <summary>The type, or null for a text or NULL that takes any.</summary>
    public static DataType? TypeOf(BoundExpression expression) =>
        expression is UntypedText or UntypedNull ? null : expression.Type;

    /// <summary>An expression that may go into a plan: what is still untyped becomes VARCHAR.</summary>
    public static BoundExpression Settle(BoundExpression expression) =>
        expression switch
        {
            UntypedText text => new ConstantExpression(ConstantValue.Of(text.Value)),
            UntypedNull => new ConstantExpression(ConstantValue.Null(DataType.Varchar)),
            StructExpression fields => fields with { Fields = [.. fields.Fields.Select(Settle)] },
            _ => expression,
        };

    /// <summary>
    /// The expression as <paramref name="type"/>, by a cast where it has another one. The cast must exist.
    /// </summary>
    public static BoundExpression To(BindingSession session, BoundExpression expression, DataType type, SourceSpan span)
    {
        switch (expression)
        {
            case UntypedNull:
                return new ConstantExpression(ConstantValue.Null(type));
            case UntypedText text when type.IsArray:
                return new Execution.CastExpression(Settle(text), type);
            case UntypedText text:
                return session.Mark(
                    new ConstantExpression(Parse(session, text.Value, type, session.SpanOf(text, span))),
                    span
                );
            default:
                if (expression.Type == type)
                    return expression;
                if (
                    expression is ConstantExpression { Value: var value }
                    && ConstantConversion.Exactly(value, type) is { } exact
                )
                {
                    return new ConstantExpression(exact);
                }

                if (!TypeRules.CanCast(expression.Type, type))
                {
                    throw session.Error(
                        ErrorCode.TypeMismatch,
                        session.SpanOf(expression, span),
                        $"{expression.Type} cannot be cast to {type}"
                    );
                }

                var cast = new Execution.CastExpression(expression, type);
                return expression is ConstantExpression && type.Kind != TypeKind.Symbol && !type.IsArray
                    ? session.Pointing(span, () => new ConstantExpression(session.Constants.Evaluate(cast)))
                    : cast;
        }
    }

    /// <summary>
    /// The type that all take together; an error at <paramref name="span"/> names the two that have none.
    /// </summary>
    public static DataType Common(
        BindingSession session,
        IReadOnlyList<BoundExpression> expressions,
        SourceSpan span,
        string what
    )
    {
        DataType? common = null;
        foreach (var expression in expressions)
        {
            if (TypeOf(expression) is not { } type)
                continue;
            var next = common is { } known ? TypeRules.CommonType(known, type) : type;
            common =
                next
                ?? throw session.Error(
                    ErrorCode.TypeMismatch,
                    session.SpanOf(expression, span),
                    $"{what} mix {common} and {type}, which have no common type; write a cast"
                );
        }

        return common ?? DataType.Varchar;
    }

    /// <summary>A text as a value of a type.</summary>
    public static ConstantValue Parse(BindingSession session, string text, DataType type, SourceSpan span)
    {
        if (type.Kind == TypeKind.Varchar)
            return ConstantValue.Of(text);
        if (type.Kind == TypeKind.Symbol)
            return ConstantEvaluator.SymbolOf(text, session.Catalog.Symbols);
        var utf8 = Encoding.UTF8.GetBytes(text);
        using var vector = ColumnVector.Allocate(type, 1, session.Catalog.Pool);
        var status = VectorTextReader.TryAppend(utf8, vector, session.Catalog.Symbols);
        return status == TextStatus.Ok
            ? ConstantEvaluator.Read(vector, 0, session.Catalog.Symbols)
            : throw session.Error(
                status == TextStatus.Overflow ? ErrorCode.NumericOverflow : ErrorCode.InvalidText,
                span,
                ValueText.Explain(status, utf8, type)
            );
    }

    /// <summary>
    /// A number as it was written: digits are INT or BIGINT, with a point an exact DECIMAL, with an exponent DOUBLE.
    /// </summary>
    public static ConstantValue Number(BindingSession session, NumberLiteral number)
    {
        var utf8 = Encoding.UTF8.GetBytes(number.Text);
        switch (number.Form)
        {
            case NumberForm.Integer:
                if (NumberText.TryParseInteger(utf8, long.MinValue, long.MaxValue, out var integer) != TextStatus.Ok)
                {
                    throw session.Error(
                        ErrorCode.NumericOverflow,
                        number,
                        $"{number.Text} does not fit BIGINT; write {number.Text}e0 for a DOUBLE"
                    );
                }

                return ConstantValue.Of(
                    integer is >= int.MinValue and <= int.MaxValue ? DataType.Int : DataType.BigInt,
                    integer
                );
            case NumberForm.Decimal:
                var digits = number.Text.TrimStart('-');
                var scale = digits.Length - digits.IndexOf('.', StringComparison.Ordinal) - 1;
                var whole = digits[..^(scale + 1)].TrimStart('0').Length;
                if (whole + scale > DataType.DecimalPrecisionMax)
                {
                    throw session.Error(
                        ErrorCode.NumericOverflow,
                        number,
                        $"{number.Text} has more than {DataType.DecimalPrecisionMax} digits; write "
                            + $"{number.Text}e0 for a DOUBLE"
                    );
                }

                return Parse(session, number.Text, DataType.Decimal(Math.Max(whole + scale, 1), scale), number.Span);
            default:
                return Parse(session, number.Text, DataType.Double, number.Span);
        }
    }
}
