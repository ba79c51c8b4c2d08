using System.Text.Unicode;

namespace TickStore.Core;

/// <summary>
/// Reads texts as the rows of a vector, for every type. The vector must own its memory; it grows as needed. Nothing is
/// appended where the status is not <see cref="TextStatus.Ok"/>.
/// </summary>
public static class VectorTextReader
{
    /// <summary>
    /// Appends one value. An empty text is an empty string for SYMBOL and VARCHAR and malformed elsewhere: NULL is the
    /// caller's to recognise (<see cref="ColumnVector.AppendNull"/>). No allocation but for growth and new symbols.
    /// </summary>
    /// <param name="text">UTF-8; checked to be so for SYMBOL and VARCHAR.</param>
    /// <param name="target">Where the value goes.</param>
    /// <param name="symbols">Gives SYMBOL ids.</param>
    public static TextStatus TryAppend(ReadOnlySpan<byte> text, ColumnVector target, ISymbolTable symbols)
    {
        var type = target.Type;
        if (type.Kind == TypeKind.Varchar)
        {
            if (!Utf8.IsValid(text))
            {
                return TextStatus.Malformed;
            }

            target.AppendUtf8(text);
            return TextStatus.Ok;
        }

        var row = target.RowCount;
        target.EnsureCapacity(row + 1);
        var status = type.IsArray
            ? TryReadArray(text, target, row, symbols)
            : TryRead(text, type, target, row, level: 0, symbols);
        if (status == TextStatus.Ok)
        {
            target.SetRowCount(row + 1);
        }

        return status;
    }

    private static TextStatus TryRead(
        ReadOnlySpan<byte> text,
        DataType type,
        ColumnVector target,
        int row,
        int level,
        ISymbolTable symbols
    )
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                var status = NumberText.TryParseBoolean(text, out var flag);
                target.Writable<byte>(level)[row] = flag ? (byte)1 : (byte)0;
                return status;
            case TypeKind.SmallInt:
                status = NumberText.TryParseInteger(text, short.MinValue, short.MaxValue, out var integer);
                target.Writable<short>(level)[row] = (short)integer;
                return status;
            case TypeKind.Int:
                status = NumberText.TryParseInteger(text, int.MinValue, int.MaxValue, out integer);
                target.Writable<int>(level)[row] = (int)integer;
                return status;
            case TypeKind.BigInt:
                return NumberText.TryParseInteger(
                    text,
                    long.MinValue,
                    long.MaxValue,
                    out target.Writable<long>(level)[row]
                );
            case TypeKind.Real:
                return NumberText.TryParseReal(text, out target.Writable<float>(level)[row]);
            case TypeKind.Double:
                return NumberText.TryParseDouble(text, out target.Writable<double>(level)[row]);
            case TypeKind.Decimal:
                return DecimalText.TryParse(text, type.Precision, type.Scale, out target.Writable<long>(level)[row]);
            case TypeKind.Timestamp:
                return TimestampText.TryParse(text, out target.Writable<long>(level)[row]);
            case TypeKind.Date:
                return DateText.TryParse(text, out target.Writable<int>(level)[row]);
            case TypeKind.Interval:
                return IntervalText.TryParse(text, out target.Writable<Interval>(level)[row]);
            case TypeKind.Symbol:
                return TryReadSymbol(text, symbols, out target.Writable<int>(level)[row]);
            case TypeKind.Varchar:
            default:
                return TextStatus.Malformed;
        }
    }

    private static TextStatus TryReadSymbol(ReadOnlySpan<byte> text, ISymbolTable symbols, out int id)
    {
        id = symbols.Find(text);
        if (id >= 0)
        {
            return TextStatus.Ok;
        }

        if (text.Length > SymbolTable.SymbolBytesMax)
        {
            return TextStatus.Overflow;
        }

        if (!Utf8.IsValid(text))
        {
            return TextStatus.Malformed;
        }

        id = symbols.Intern(text);
        return TextStatus.Ok;
    }

    private static TextStatus TryReadArray(ReadOnlySpan<byte> text, ColumnVector target, int row, ISymbolTable symbols)
    {
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}')
        {
            return TextStatus.Malformed;
        }

        var rest = text[1..^1];
        for (var level = 0; level < target.Type.Depth; level++)
        {
            var comma = rest.IndexOf((byte)',');
            var isLast = level == target.Type.Depth - 1;
            if (isLast != comma < 0)
            {
                return TextStatus.Malformed;
            }

            var value = (isLast ? rest : rest[..comma]).Trim((byte)' ');
            var status = TryRead(value, target.Type.Element, target, row, level, symbols);
            if (status != TextStatus.Ok)
            {
                return status;
            }

            rest = isLast ? default : rest[(comma + 1)..];
        }

        return TextStatus.Ok;
    }
}
