using System.Buffers;

namespace TickStore.Core;

/// <summary>
/// Writes the values of a vector as UTF-8 text, in the forms that <see cref="VectorTextReader"/> reads back.
/// </summary>
public static class VectorTextWriter
{
    /// <summary>
    /// Writes one value; nothing at all for NULL, which the caller recognises by <see cref="ColumnVector.IsNull"/>.
    /// Text is written as it is: quoting is the caller's. No allocation.
    /// </summary>
    public static void Format(ColumnVector vector, int row, ISymbolTable symbols, IBufferWriter<byte> output)
    {
        if (vector.IsNull(row))
        {
            return;
        }

        var type = vector.Type;
        if (type.IsText)
        {
            output.Write(type.Kind == TypeKind.Symbol ? symbols.Utf8(vector.Values<int>()[row]) : vector.Utf8(row));
            return;
        }

        if (!type.IsArray)
        {
            output.Advance(FormatScalar(vector, row, 0, output.GetSpan(IntervalText.LengthMax)));
            return;
        }

        for (var level = 0; level < type.Depth; level++)
        {
            var span = output.GetSpan(IntervalText.LengthMax);
            span[0] = level == 0 ? (byte)'{' : (byte)',';
            output.Advance(1 + FormatScalar(vector, row, level, span[1..]));
        }

        output.Write("}"u8);
    }

    /// <summary>One value as a string, or null for NULL. For messages and small results: it allocates.</summary>
    public static string? ToText(ColumnVector vector, int row, ISymbolTable symbols)
    {
        if (vector.IsNull(row))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        Format(vector, row, symbols, output);
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static int FormatScalar(ColumnVector vector, int row, int level, Span<byte> destination) =>
        vector.Type.Kind switch
        {
            TypeKind.Boolean => NumberText.FormatBoolean(vector.Level<byte>(level)[row] != 0, destination),
            TypeKind.SmallInt => NumberText.FormatInteger(vector.Level<short>(level)[row], destination),
            TypeKind.Int => NumberText.FormatInteger(vector.Level<int>(level)[row], destination),
            TypeKind.BigInt => NumberText.FormatInteger(vector.Level<long>(level)[row], destination),
            TypeKind.Real => NumberText.FormatReal(vector.Level<float>(level)[row], destination),
            TypeKind.Double => NumberText.FormatDouble(vector.Level<double>(level)[row], destination),
            TypeKind.Decimal => DecimalText.Format(vector.Level<long>(level)[row], vector.Type.Scale, destination),
            TypeKind.Timestamp => TimestampText.Format(vector.Level<long>(level)[row], destination),
            TypeKind.Date => DateText.Format(vector.Level<int>(level)[row], destination),
            TypeKind.Interval => IntervalText.Format(vector.Level<Interval>(level)[row], destination),
            TypeKind.Symbol or TypeKind.Varchar => 0,
        };
}
