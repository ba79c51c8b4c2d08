using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Batches to Arrow record batches. Columns are built from raw buffers, one copy each.</summary>
public static class ArrowExport
{
    /// <summary>
    /// Copies a batch. The result owns its memory, and stays valid after the batch is gone.
    /// </summary>
    /// <param name="batch">The rows; stays the caller's.</param>
    /// <param name="symbols">Spells out SYMBOL ids.</param>
    /// <param name="symbolsAsDictionary">
    /// True for dictionary columns, whose dictionary holds the symbols of this batch in order of appearance. Leave it
    /// off for batches that go into one IPC stream: Arrow's writer sends the first batch's dictionary only.
    /// </param>
    public static RecordBatch ToRecordBatch(Batch batch, ISymbolTable symbols, bool symbolsAsDictionary = false) =>
        ToRecordBatch(batch, symbols, ArrowTypes.ToArrow(batch.Schema, symbolsAsDictionary));

    /// <summary>
    /// As above, with the schema that <see cref="ArrowTypes.ToArrow(BatchSchema, bool)"/> gave, made once.
    /// </summary>
    public static RecordBatch ToRecordBatch(Batch batch, ISymbolTable symbols, Schema schema)
    {
        var arrays = new IArrowArray[batch.ColumnCount];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = ArrowArrayFactory.BuildArray(
                ToData(batch[i], batch.RowCount, schema.GetFieldByIndex(i).DataType, symbols)
            );
        }

        return new RecordBatch(schema, arrays, batch.RowCount);
    }

    private static ArrayData ToData(ColumnVector column, int rowCount, IArrowType type, ISymbolTable symbols)
    {
        var nullCount = 0;
        var bitmap = column.MayHaveNulls ? ToBitmap(column.Validity, out nullCount) : ArrowBuffer.Empty;
        if (column.Type.IsArray)
        {
            var listType = (FixedSizeListType)type;
            var child = new ArrayData(
                listType.ValueDataType,
                rowCount * column.Type.Depth,
                nullCount: 0,
                offset: 0,
                [ArrowBuffer.Empty, Values(Interleave(column, rowCount), column.Type)]
            );
            return new ArrayData(type, rowCount, nullCount, 0, [bitmap], [child]);
        }

        switch (column.Type.Kind)
        {
            case TypeKind.Varchar:
                var (offsets, text) = Texts(column, rowCount);
                return new ArrayData(type, rowCount, nullCount, 0, [bitmap, offsets, text]);
            case TypeKind.Symbol when type is DictionaryType dictionaryType:
                return ToDictionary(column, rowCount, dictionaryType, bitmap, nullCount, symbols);
            case TypeKind.Symbol:
                (offsets, text) = SymbolTexts(column, rowCount, symbols);
                return new ArrayData(type, rowCount, nullCount, 0, [bitmap, offsets, text]);
            default:
                return new ArrayData(
                    type,
                    rowCount,
                    nullCount,
                    0,
                    [bitmap, Values(column.LevelBytes(0).ToArray(), column.Type)]
                );
        }
    }

    /// <summary>A bit a row, 1 for a value, from a byte a row.</summary>
    private static ArrowBuffer ToBitmap(ReadOnlySpan<byte> flags, out int zeroCount)
    {
        var bits = new byte[(flags.Length + 7) / 8];
        zeroCount = 0;
        for (var i = 0; i < flags.Length; i++)
        {
            var bit = flags[i] != 0 ? 1 : 0;
            bits[i >> 3] |= (byte)(bit << (i & 7));
            zeroCount += 1 - bit;
        }

        return new ArrowBuffer(bits);
    }

    // Row by row what lies level by level here.
    private static byte[] Interleave(ColumnVector column, int rowCount)
    {
        var width = column.Type.ElementBytes;
        var depth = column.Type.Depth;
        var bytes = new byte[rowCount * depth * width];
        for (var level = 0; level < depth; level++)
        {
            var source = column.LevelBytes(level);
            for (var row = 0; row < rowCount; row++)
            {
                source.Slice(row * width, width).CopyTo(bytes.AsSpan(((row * depth) + level) * width));
            }
        }

        return bytes;
    }

    // Our own copy of values, as Arrow wants them: only booleans and decimals lie differently there.
    private static ArrowBuffer Values(byte[] bytes, DataType type)
    {
        if (type.Kind == TypeKind.Boolean)
        {
            return ToBitmap(bytes, out _);
        }

        if (type.Kind != TypeKind.Decimal)
        {
            return new ArrowBuffer(bytes);
        }

        var units = MemoryMarshal.Cast<byte, long>(bytes);
        var wide = new byte[units.Length * 16];
        var target = MemoryMarshal.Cast<byte, long>(wide.AsSpan());
        for (var i = 0; i < units.Length; i++)
        {
            target[2 * i] = units[i];
            target[(2 * i) + 1] = units[i] >> 63;
        }

        return new ArrowBuffer(wide);
    }

    private static (ArrowBuffer Offsets, ArrowBuffer Text) Texts(ColumnVector column, int rowCount)
    {
        var source = column.Offsets;
        var offsets = new int[rowCount + 1];
        for (var i = 0; i <= rowCount; i++)
        {
            offsets[i] = source[i] - source[0];
        }

        var text = column.TextBytes[source[0]..source[rowCount]].ToArray();
        return (new ArrowBuffer(MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray()), new ArrowBuffer(text));
    }

    private static (ArrowBuffer Offsets, ArrowBuffer Text) SymbolTexts(
        ColumnVector column,
        int rowCount,
        ISymbolTable symbols
    )
    {
        var ids = column.Values<int>();
        var offsets = new int[rowCount + 1];
        for (var row = 0; row < rowCount; row++)
        {
            offsets[row + 1] = checked(offsets[row] + (column.IsNull(row) ? 0 : symbols.Utf8(ids[row]).Length));
        }

        var text = new byte[offsets[rowCount]];
        for (var row = 0; row < rowCount; row++)
        {
            if (offsets[row + 1] > offsets[row])
            {
                symbols.Utf8(ids[row]).CopyTo(text.AsSpan(offsets[row]));
            }
        }

        return (new ArrowBuffer(MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray()), new ArrowBuffer(text));
    }

    private static ArrayData ToDictionary(
        ColumnVector column,
        int rowCount,
        DictionaryType type,
        ArrowBuffer bitmap,
        int nullCount,
        ISymbolTable symbols
    )
    {
        var ids = column.Values<int>();
        var positions = new Dictionary<int, int>();
        var indexes = new int[rowCount];
        var dictionary = new StringArray.Builder();
        for (var row = 0; row < rowCount; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            if (!positions.TryGetValue(ids[row], out indexes[row]))
            {
                indexes[row] = positions.Count;
                positions.Add(ids[row], indexes[row]);
                dictionary.Append(symbols.Text(ids[row]));
            }
        }

        return new ArrayData(
            type,
            rowCount,
            nullCount,
            0,
            [bitmap, new ArrowBuffer(MemoryMarshal.AsBytes(indexes.AsSpan()).ToArray())],
            null,
            dictionary.Build().Data
        );
    }
}
