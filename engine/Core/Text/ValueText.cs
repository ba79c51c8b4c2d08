using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TickStore.Core;

/// <summary>What all parsers of text share: the words for what went wrong.</summary>
public static class ValueText
{
    private const int QuotedBytesMax = 60;

    /// <summary>
    /// Says in one sentence why a text was not read as a value of the type, with the text and what is allowed.
    /// </summary>
    public static string Explain(TextStatus status, ReadOnlySpan<byte> text, DataType type)
    {
        var what = $"{Quote(text)} {(status == TextStatus.Overflow ? "does not fit" : "is not a")} {type}";
        if (type.IsArray)
        {
            return $"{what}: {type.Depth} values as in {{1,2,3}}";
        }

        return type.Kind switch
        {
            TypeKind.Timestamp when status == TextStatus.Overflow => $"{what}: {TimestampText.Range}",
            TypeKind.Timestamp =>
                $"{what}: ISO 8601 such as 2023-02-01T09:30:00.123Z, or integer nanoseconds since 1970",
            TypeKind.Date when status == TextStatus.Overflow => $"{what}: {DateText.Range}",
            TypeKind.Date => $"{what}: a day such as 2023-02-01",
            TypeKind.Interval => $"{what}: such as 1 minute, 500us, 1mo or 1 day 02:00:00",
            TypeKind.Decimal when status == TextStatus.Overflow =>
                $"{what}: at most {type.Precision - type.Scale} digits before the point",
            TypeKind.SmallInt => $"{what}: {short.MinValue} to {short.MaxValue}",
            TypeKind.Int => $"{what}: {int.MinValue} to {int.MaxValue}",
            TypeKind.BigInt => $"{what}: {long.MinValue} to {long.MaxValue}",
            TypeKind.Boolean => $"{what}: true or false",
            TypeKind.Symbol =>
                $"{what}: UTF-8 of at most {SymbolTable.SymbolBytesMax:N0} bytes; use VARCHAR for free text",
            _ => what,
        };
    }

    /// <summary>
    /// Throws <see cref="ErrorCode.InvalidText"/> or <see cref="ErrorCode.NumericOverflow"/> with the sentence of
    /// <see cref="Explain"/>.
    /// </summary>
    [DoesNotReturn]
    public static void Throw(TextStatus status, ReadOnlySpan<byte> text, DataType type) =>
        Core.Throw.Error(
            status == TextStatus.Overflow ? ErrorCode.NumericOverflow : ErrorCode.InvalidText,
            Explain(status, text, type)
        );

    /// <summary>A text in quotes for a message, cut off where it is long, with control characters replaced.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        var isLong = text.Length > QuotedBytesMax;
        var shown = Encoding.UTF8.GetString(isLong ? text[..QuotedBytesMax] : text);
        var builder = new StringBuilder("'");
        foreach (var character in shown)
        {
            builder.Append(char.IsControl(character) ? '?' : character);
        }

        return builder.Append(isLong ? $"...' ({text.Length:N0} bytes)" : "'").ToString();
    }
}
