using System.Runtime.InteropServices;
using ParquetSharp;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Reads one of our columns from the Parquet column (or columns, for an array) of a row group.</summary>
internal sealed class ParquetColumn(ColumnSchema column, ColumnReader?[] readers, ISymbolTable symbols, string path)
    : IDisposable
{
    private readonly short[] defined = new short[8192];
    private readonly List<byte[]> pinnedTexts = [];
    private byte[] text = new byte[256];

    /// <summary>Appends the next rows.</summary>
    /// <returns>True; a value only because the guard that this runs in wants one.</returns>
    public bool Append(ColumnVector target, int rowCount)
    {
        for (var level = 0; level < readers.Length; level++)
        {
            var reader = readers[level];
            if (reader is null)
            {
                for (var row = 0; row < rowCount; row++)
                {
                    target.AppendNull();
                }

                return true;
            }

            AppendLevel(reader, target, level, rowCount);
        }

        if (target.Type.Kind != TypeKind.Varchar && target.Type.Kind != TypeKind.Interval)
        {
            target.SetRowCount(target.RowCount + rowCount);
        }

        return true;
    }

    public void Dispose() => Array.ForEach(readers, r => r?.Dispose());

    private void AppendLevel(ColumnReader reader, ColumnVector target, int level, int rowCount)
    {
        switch (reader)
        {
            case ColumnReader<bool> booleans when column.Type.Kind == TypeKind.Boolean:
                var flags = new bool[rowCount];
                ReadAll(booleans, flags, rowCount);
                Spread(
                    flags,
                    target,
                    level,
                    rowCount,
                    static (bool v, out byte value) =>
                    {
                        value = v ? (byte)1 : (byte)0;
                        return true;
                    }
                );
                break;
            case ColumnReader<int> integers:
                var ints = new int[rowCount];
                ReadAll(integers, ints, rowCount);
                SpreadIntegers(
                    Array.ConvertAll<int, long>(ints, IsUnsigned(reader) ? v => (uint)v : v => v),
                    reader,
                    target,
                    level,
                    rowCount
                );
                break;
            case ColumnReader<long> longs:
                var values = new long[rowCount];
                ReadAll(longs, values, rowCount);
                SpreadIntegers(values, reader, target, level, rowCount);
                break;
            case ColumnReader<float> singles when column.Type.Kind == TypeKind.Real:
                var floats = new float[rowCount];
                ReadAll(singles, floats, rowCount);
                Spread(floats, target, level, rowCount, static (float v, out float value) => Same(v, out value));
                break;
            case ColumnReader<float> singles when column.Type.Kind == TypeKind.Double:
                floats = new float[rowCount];
                ReadAll(singles, floats, rowCount);
                Spread(floats, target, level, rowCount, static (float v, out double value) => Same(v, out value));
                break;
            case ColumnReader<double> reals when column.Type.Kind == TypeKind.Double:
                var doubles = new double[rowCount];
                ReadAll(reals, doubles, rowCount);
                Spread(doubles, target, level, rowCount, static (double v, out double value) => Same(v, out value));
                break;
            case ColumnReader<ByteArray> arrays when column.Type.IsText || column.Type.Kind == TypeKind.Interval:
                var texts = new ByteArray[rowCount];
                ReadAll(arrays, texts, rowCount);
                SpreadTexts(texts, target, rowCount);
                break;
            default:
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{path}: column {column.Name} is {reader.Type} there, which is not converted to {column.Type}"
                );
                break;
        }
    }

    private static bool Same<T>(T from, out T to)
    {
        to = from;
        return true;
    }

    private static bool IsUnsigned(ColumnReader reader)
    {
        using var logical = reader.ColumnDescriptor.LogicalType;
        return logical is IntLogicalType { IsSigned: false };
    }

    private void ReadAll<T>(ColumnReader<T> reader, T[] values, int rowCount)
        where T : unmanaged
    {
        var isOptional = reader.ColumnDescriptor.MaxDefinitionLevel > 0;
        long rowsDone = 0;
        long valuesDone = 0;
        while (rowsDone < rowCount)
        {
            var levels = isOptional ? defined.AsSpan((int)rowsDone, rowCount - (int)rowsDone) : default;
            var rows = reader.ReadBatch(
                rowCount - rowsDone,
                levels,
                default,
                values.AsSpan((int)valuesDone),
                out var valueCount
            );
            if (rows == 0)
            {
                throw FileStreams.Malformed(path, $"column {column.Name} ends before its row group does");
            }

            // Pages end where they like; text lies in their memory, so it is taken before the next page is read.
            if (typeof(T) == typeof(ByteArray) && rowsDone + rows < rowCount)
            {
                Keep(MemoryMarshal.Cast<T, ByteArray>(values.AsSpan((int)valuesDone, (int)valueCount)));
            }

            rowsDone += rows;
            valuesDone += valueCount;
        }

        if (!isOptional)
        {
            defined.AsSpan(0, rowCount).Fill(1);
        }
    }

    // Copies texts to memory of our own, which does not move and lives as long as the slice.
    private void Keep(Span<ByteArray> texts)
    {
        var totalBytes = 0;
        foreach (var value in texts)
        {
            totalBytes += value.Length;
        }

        var kept = GC.AllocateUninitializedArray<byte>(Math.Max(totalBytes, 1), pinned: true);
        pinnedTexts.Add(kept);
        var position = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            Marshal.Copy(texts[i].Pointer, kept, position, texts[i].Length);
            var length = texts[i].Length;
            texts[i] = new ByteArray(Marshal.UnsafeAddrOfPinnedArrayElement(kept, position), length);
            position += length;
        }
    }

    private delegate bool Converter<in TPhysical, T>(TPhysical value, out T converted);

    // Spreads packed values over the rows that have one.
    private void Spread<TPhysical, T>(
        TPhysical[] values,
        ColumnVector target,
        int level,
        int rowCount,
        Converter<TPhysical, T> convert
    )
        where T : unmanaged
    {
        var at = target.RowCount;
        var result = target.Writable<T>(level)[at..];
        var next = 0;
        for (var row = 0; row < rowCount; row++)
        {
            if (defined[row] == 0)
            {
                SetNull(target, at + row);
                result[row] = default;
            }
            else if (!convert(values[next++], out result[row]))
            {
                Throw.Error(
                    ErrorCode.NumericOverflow,
                    $"{path}: column {column.Name}: {values[next - 1]} does not fit {column.Type}"
                );
            }
        }
    }

    private void SetNull(ColumnVector target, int row)
    {
        if (!column.Nullable)
        {
            Throw.Error(ErrorCode.NullViolation, $"{path}: NULL in column {column.Name}, which is NOT NULL");
        }

        target.WritableValidity()[row] = 0;
    }

    private void SpreadIntegers(long[] values, ColumnReader reader, ColumnVector target, int level, int rowCount)
    {
        var type = column.Type;
        using var logical = reader.ColumnDescriptor.LogicalType;
        switch (type.Kind)
        {
            case TypeKind.SmallInt when logical is not (DecimalLogicalType or TimestampLogicalType):
                Spread(values, target, level, rowCount, static (long v, out short value) => (value = (short)v) == v);
                break;
            case TypeKind.Int or TypeKind.Date when logical is not (DecimalLogicalType or TimestampLogicalType):
                Spread(values, target, level, rowCount, static (long v, out int value) => (value = (int)v) == v);
                break;
            case TypeKind.BigInt when logical is not (DecimalLogicalType or TimestampLogicalType):
                Spread(values, target, level, rowCount, static (long v, out long value) => Same(v, out value));
                break;
            case TypeKind.Timestamp when logical is TimestampLogicalType time:
                var factor = time.TimeUnit switch
                {
                    ParquetSharp.TimeUnit.Millis => 1_000_000L,
                    ParquetSharp.TimeUnit.Micros => 1_000L,
                    _ => 1L,
                };
                Spread(
                    values,
                    target,
                    level,
                    rowCount,
                    (long v, out long value) =>
                    {
                        var wide = (Int128)v * factor;
                        value = (long)wide;
                        return value == wide;
                    }
                );
                break;
            case TypeKind.Decimal when logical is not TimestampLogicalType:
                var scale = logical is DecimalLogicalType stored ? stored.Scale : 0;
                Spread(
                    values,
                    target,
                    level,
                    rowCount,
                    (long v, out long value) => DecimalText.TryRescale(v, scale, type.Scale, type.Precision, out value)
                );
                break;
            default:
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{path}: column {column.Name} is {logical.Type} there, which is not converted to {type}"
                );
                break;
        }
    }

    private void SpreadTexts(ByteArray[] texts, ColumnVector target, int rowCount)
    {
        var at = target.RowCount;
        var parser = new SymbolParser(symbols);
        var next = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var isText = target.Type.Kind == TypeKind.Varchar || target.Type.Kind == TypeKind.Interval;
            if (defined[row] == 0)
            {
                if (isText)
                {
                    target.AppendNull();
                }

                SetNull(target, at + row);
                continue;
            }

            var value = Bytes(texts[next++]);
            int id = 0;
            var status = isText ? VectorTextReader.TryAppend(value, target, symbols) : parser.TryParse(value, out id);
            if (status != TextStatus.Ok)
            {
                ValueText.Throw(status, value, target.Type);
            }

            if (!isText)
            {
                target.Writable<int>()[at + row] = id;
            }
        }

        pinnedTexts.Clear();
    }

    private ReadOnlySpan<byte> Bytes(ByteArray value)
    {
        if (text.Length < value.Length)
        {
            text = new byte[value.Length * 2];
        }

        if (value.Length > 0)
        {
            Marshal.Copy(value.Pointer, text, 0, value.Length);
        }

        return text.AsSpan(0, value.Length);
    }
}
