using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Casts from and to VARCHAR, in the forms of Core/Text.</summary>
internal static class TextCasts
{
    /// <summary>Every type to VARCHAR.</summary>
    public static void ToText(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        for (var i = 0; i < rowCount; i++)
        {
            var output = TextBuffer.Take();
            VectorTextWriter.Format(arguments[0], i, context.Symbols, output);
            result.AppendUtf8(output.Written);
        }
    }

    /// <summary>VARCHAR to every type but SYMBOL; blanks around the value are allowed.</summary>
    public static void FromText(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        for (var i = 0; i < rowCount; i++)
        {
            if (arguments[0].IsNull(i))
            {
                result.AppendNull();
                continue;
            }

            var text = arguments[0].Utf8(i);
            var status = VectorTextReader.TryAppend(text.Trim(" \t\r\n"u8), result, context.Symbols);
            if (status != TextStatus.Ok)
            {
                ValueText.Throw(status, text, result.Type);
            }
        }
    }

    /// <summary>VARCHAR to SYMBOL.</summary>
    public static void ToSymbol(
        ReadOnlySpan<ColumnVector> arguments,
        int rowCount,
        ColumnVector result,
        EvaluationContext context
    )
    {
        var target = result.Writable<int>();
        for (var i = 0; i < rowCount; i++)
        {
            if (arguments[0].IsNull(i))
            {
                target[i] = 0;
                continue;
            }

            var text = arguments[0].Utf8(i);
            if (i > 0 && !arguments[0].IsNull(i - 1) && text.SequenceEqual(arguments[0].Utf8(i - 1)))
            {
                target[i] = target[i - 1];
                continue;
            }

            target[i] = context.InternSymbols ? context.Symbols.Intern(text) : context.Symbols.Find(text);
            if (target[i] < 0)
            {
                Throw.Error(
                    ErrorCode.InvalidText,
                    $"{ValueText.Quote(text)} is no SYMBOL of this database: a query adds none; compare it as VARCHAR instead"
                );
            }
        }

        result.SetRowCount(rowCount);
    }
}
