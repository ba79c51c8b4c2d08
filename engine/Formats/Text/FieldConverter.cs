using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Turns one or more fields of a block's records into the values of one column.</summary>
internal abstract class FieldConverter(string column)
{
    /// <summary>The column's name, for messages.</summary>
    protected string Column { get; } = column;

    /// <summary>
    /// Appends a value for every record of the block to <paramref name="target"/>; what cannot be read is noted in the
    /// block, and any value appended in its place. For fixed-width types the caller has made room, and sets the row
    /// count.
    /// </summary>
    /// <param name="block">Records that were split.</param>
    /// <param name="target">The column; rows go in from <paramref name="at"/> on.</param>
    /// <param name="at">Rows that the column holds already.</param>
    public abstract void Convert(TextBlock block, ColumnVector target, int at);
}

/// <summary>
/// Reads one field's text as a value of <typeparamref name="T"/>; a struct, so that loops are made for it.
/// </summary>
internal interface IFieldParser<T>
{
    TextStatus TryParse(ReadOnlySpan<byte> text, out T value);
}

/// <summary>
/// A column of fixed width: one field a row, or one field a level of an array. A level without text is 0, and an array
/// without any is NULL.
/// </summary>
internal sealed class FixedConverter<T, TParser>(
    string column,
    int[] fields,
    DataType type,
    bool nullable,
    TParser parser
) : FieldConverter(column)
    where T : unmanaged
    where TParser : struct, IFieldParser<T>
{
    private TParser parser = parser;

    public override void Convert(TextBlock block, ColumnVector target, int at)
    {
        var rowCount = block.RowCount;
        var validity = target.MayHaveNulls ? target.WritableValidity()[at..] : default;
        for (var level = 0; level < fields.Length; level++)
        {
            var field = fields[level];
            var values = target.Writable<T>(level)[at..];
            for (var row = 0; row < rowCount; row++)
            {
                if (!block.TryGet(row, field, out var text))
                {
                    values[row] = default;
                    if (fields.Length == 1)
                    {
                        SetNull(block, target, ref validity, row, at);
                    }

                    continue;
                }

                var status = parser.TryParse(text, out values[row]);
                if (status != TextStatus.Ok)
                {
                    block.Fail(row, Column, status, text, type.Element);
                }
            }
        }

        if (fields.Length > 1)
        {
            SetNullArrays(block, target, ref validity, at);
        }
    }

    private void SetNull(TextBlock block, ColumnVector target, ref Span<byte> validity, int row, int at)
    {
        if (!nullable)
        {
            block.Fail(row, $"column {Column} is NOT NULL, and the field is empty");
            return;
        }

        validity = validity.IsEmpty ? target.WritableValidity()[at..] : validity;
        validity[row] = 0;
    }

    private void SetNullArrays(TextBlock block, ColumnVector target, ref Span<byte> validity, int at)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            var isEmpty = true;
            for (var level = 0; level < fields.Length && isEmpty; level++)
            {
                isEmpty = !block.TryGet(row, fields[level], out _);
            }

            if (isEmpty)
            {
                SetNull(block, target, ref validity, row, at);
            }
        }
    }
}

/// <summary>A column of the same value in every row.</summary>
internal sealed class ConstantConverter<T>(string column, T value) : FieldConverter(column)
    where T : unmanaged
{
    public override void Convert(TextBlock block, ColumnVector target, int at) =>
        target.Writable<T>().Slice(at, block.RowCount).Fill(value);
}

/// <summary>
/// Any type by way of the text readers of Core, row by row: VARCHAR, INTERVAL, and arrays written as <c>{1,2,3}</c>.
/// Sets the row count itself.
/// </summary>
internal sealed class TextConverter(string column, int field, bool nullable, ISymbolTable symbols)
    : FieldConverter(column)
{
    public override void Convert(TextBlock block, ColumnVector target, int at)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            if (!block.TryGet(row, field, out var text))
            {
                if (!nullable)
                {
                    block.Fail(row, $"column {Column} is NOT NULL, and the field is empty");
                }

                target.AppendNull();
                continue;
            }

            var status = text.Contains((byte)0)
                ? TextStatus.Malformed
                : VectorTextReader.TryAppend(text, target, symbols);
            if (status != TextStatus.Ok)
            {
                block.Fail(row, Column, status, text, target.Type);
                target.AppendNull();
            }
        }
    }
}
