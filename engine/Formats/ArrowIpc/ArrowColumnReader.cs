using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Reads one Arrow array into one vector.</summary>
internal sealed class ArrowColumnReader(ColumnSchema column, ISymbolTable symbols)
{
    public void Append(IArrowArray array, ColumnVector target)
    {
        var data = array.Data;
        var at = target.RowCount;
        CheckNulls(data);
        if (column.Type.Kind == TypeKind.Varchar)
        {
            AppendTexts(data, target);
        }
        else if (column.Type.Kind == TypeKind.Symbol)
        {
            AppendSymbols(data, target, at);
            target.SetRowCount(at + data.Length);
        }
        else if (column.Type.IsArray)
        {
            AppendLists(data, target, at);
            target.SetRowCount(at + data.Length);
        }
        else
        {
            Read(data, data.Offset, 1, target, at, 0, data.Length);
            target.SetRowCount(at + data.Length);
        }

        SetNulls(data, target, at);
    }

    private static bool IsNull(ArrayData data, int row)
    {
        var bitmap = data.Buffers.Length > 0 ? data.Buffers[0] : ArrowBuffer.Empty;
        if (data.NullCount == 0 || bitmap.IsEmpty)
        {
            return false;
        }

        var bit = row + data.Offset;
        return (bitmap.Span[bit >> 3] & (1 << (bit & 7))) == 0;
    }

    private void CheckNulls(ArrayData data)
    {
        for (var row = 0; !column.Nullable && row < data.Length; row++)
        {
            if (IsNull(data, row))
            {
                Throw.Error(
                    ErrorCode.NullViolation,
                    $"Arrow column {column.Name}, row {row:N0}: NULL, and the column is NOT NULL"
                );
            }
        }
    }

    private static void SetNulls(ArrayData data, ColumnVector target, int at)
    {
        for (var row = 0; data.NullCount != 0 && row < data.Length; row++)
        {
            if (IsNull(data, row))
            {
                target.WritableValidity()[at + row] = 0;
            }
        }
    }

    // The values at start, start + step ... of an array of plain values go to one level.
    private void Read(ArrayData data, int start, int step, ColumnVector target, int at, int level, int rowCount)
    {
        switch (column.Type.Kind)
        {
            case TypeKind.Boolean when data.DataType is BooleanType:
                var bits = data.Buffers[1].Span;
                var flags = target.Writable<byte>(level)[at..];
                for (var row = 0; row < rowCount; row++)
                {
                    var bit = start + (row * step);
                    flags[row] = (byte)((bits[bit >> 3] >> (bit & 7)) & 1);
                }

                break;
            case TypeKind.Real when data.DataType is FloatType:
                Copy(Values<float>(data), start, step, target.Writable<float>(level)[at..], rowCount);
                break;
            case TypeKind.Double when data.DataType is DoubleType:
                Copy(Values<double>(data), start, step, target.Writable<double>(level)[at..], rowCount);
                break;
            case TypeKind.Double when data.DataType is FloatType:
                var singles = Values<float>(data);
                var doubles = target.Writable<double>(level)[at..];
                for (var row = 0; row < rowCount; row++)
                {
                    doubles[row] = singles[start + (row * step)];
                }

                break;
            case TypeKind.Interval when data.DataType is IntervalType { Unit: IntervalUnit.MonthDayNanosecond }:
                Copy(Values<Interval>(data), start, step, target.Writable<Interval>(level)[at..], rowCount);
                break;
            default:
                ReadIntegers(data, start, step, target, at, level, rowCount);
                break;
        }
    }

    private void ReadIntegers(ArrayData data, int start, int step, ColumnVector target, int at, int level, int rowCount)
    {
        var (numerator, denominator) = Factor(data.DataType);
        if (numerator == 1 && denominator == 1 && TryCopySame(data, start, step, target, at, level, rowCount))
        {
            return;
        }

        for (var row = 0; row < rowCount; row++)
        {
            var index = start + (row * step);
            Int128 wide = data.DataType switch
            {
                Int8Type => Values<sbyte>(data)[index],
                UInt8Type => Values<byte>(data)[index],
                Int16Type => Values<short>(data)[index],
                UInt16Type => Values<ushort>(data)[index],
                Int32Type or Date32Type => Values<int>(data)[index],
                UInt32Type => Values<uint>(data)[index],
                UInt64Type => Values<ulong>(data)[index],
                Decimal128Type => Values<Int128>(data)[index],
                _ => Values<long>(data)[index],
            };
            if (IsNull(data, index - data.Offset))
            {
                // What lies under a NULL may be anything.
                wide = 0;
            }

            wide = denominator == 1 ? wide * numerator : Rounded(wide, denominator);
            var fits = column.Type.Kind switch
            {
                TypeKind.SmallInt => wide == (short)wide,
                TypeKind.Int or TypeKind.Date => wide == (int)wide,
                TypeKind.Decimal => wide == (long)wide && DecimalText.Fits((long)wide, column.Type.Precision),
                _ => wide == (long)wide,
            };
            if (!fits)
            {
                Throw.Error(
                    ErrorCode.NumericOverflow,
                    $"Arrow column {column.Name}, row {row:N0}: {wide} does not fit {column.Type}"
                );
            }

            switch (column.Type.ElementBytes)
            {
                case 2:
                    target.Writable<short>(level)[at + row] = (short)wide;
                    break;
                case 4:
                    target.Writable<int>(level)[at + row] = (int)wide;
                    break;
                default:
                    target.Writable<long>(level)[at + row] = (long)wide;
                    break;
            }
        }
    }

    // The common case: the values lie as ours do.
    private bool TryCopySame(ArrayData data, int start, int step, ColumnVector target, int at, int level, int rowCount)
    {
        switch (data.DataType, column.Type.ElementBytes)
        {
            case (Int64Type or TimestampType, 8):
                Copy(Values<long>(data), start, step, target.Writable<long>(level)[at..], rowCount);
                return true;
            case (Int32Type or Date32Type, 4):
                Copy(Values<int>(data), start, step, target.Writable<int>(level)[at..], rowCount);
                return true;
            case (Int16Type, 2):
                Copy(Values<short>(data), start, step, target.Writable<short>(level)[at..], rowCount);
                return true;
            default:
                return false;
        }
    }

    // What values are multiplied with (or divided by) to become ours; says no where the types do not go together.
    private (Int128 Numerator, Int128 Denominator) Factor(IArrowType type) =>
        (column.Type.Kind, type) switch
        {
            (
                TypeKind.SmallInt
                    or TypeKind.Int
                    or TypeKind.BigInt,
                Int8Type
                    or UInt8Type
                    or Int16Type
                    or UInt16Type
                    or Int32Type
                    or UInt32Type
                    or Int64Type
                    or UInt64Type
            ) => (1, 1),
            (TypeKind.Date, Date32Type) => (1, 1),
            (TypeKind.Date, Date64Type) => (1, 86_400_000),
            (TypeKind.Timestamp, TimestampType time) => (
                time.Unit switch
                {
                    TimeUnit.Second => 1_000_000_000,
                    TimeUnit.Millisecond => 1_000_000,
                    TimeUnit.Microsecond => 1_000,
                    _ => 1,
                },
                1
            ),
            (TypeKind.Decimal, Decimal128Type { Scale: >= 0 and <= 36 } wide) => column.Type.Scale >= wide.Scale
                ? (Power(column.Type.Scale - wide.Scale), 1)
                : (1, Power(wide.Scale - column.Type.Scale)),
            (TypeKind.Decimal, Int8Type or Int16Type or Int32Type or Int64Type) => (Power(column.Type.Scale), 1),
            _ => Throw.Error<(Int128, Int128)>(
                ErrorCode.SchemaMismatch,
                $"Arrow column {column.Name} is {type.Name}, which is not converted to {column.Type}"
            ),
        };

    private static Int128 Power(int exponent) =>
        exponent <= 18
            ? DecimalText.PowerOfTen(exponent)
            : (Int128)DecimalText.PowerOfTen(18) * DecimalText.PowerOfTen(exponent - 18);

    private static Int128 Rounded(Int128 value, Int128 denominator)
    {
        var remainder = value % denominator;
        var distance = Int128.Abs(remainder);
        return (value / denominator) + (distance >= denominator - distance ? Int128.Sign(value) : 0);
    }

    private void AppendLists(ArrayData data, ColumnVector target, int at)
    {
        if (data.DataType is not FixedSizeListType list || list.ListSize != column.Type.Depth)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"Arrow column {column.Name} is {data.DataType.Name}; {column.Type} needs a list of the fixed size {column.Type.Depth}"
            );
        }

        var child = data.Children[0];
        for (var level = 0; level < column.Type.Depth; level++)
        {
            Read(
                child,
                child.Offset + (data.Offset * column.Type.Depth) + level,
                column.Type.Depth,
                target,
                at,
                level,
                data.Length
            );
        }
    }

    private void AppendTexts(ArrayData data, ColumnVector target)
    {
        for (var row = 0; row < data.Length; row++)
        {
            target.AppendUtf8(IsNull(data, row) ? default : Text(data, row));
        }
    }

    private void AppendSymbols(ArrayData data, ColumnVector target, int at)
    {
        var ids = target.Writable<int>()[at..];
        if (data.DataType is not DictionaryType dictionaryType)
        {
            var parser = new SymbolParser(symbols);
            for (var row = 0; row < data.Length; row++)
            {
                ids[row] = IsNull(data, row) ? 0 : Intern(ref parser, Text(data, row));
            }

            return;
        }

        var dictionary = data.Dictionary;
        var known = new int[dictionary.Length];
        known.AsSpan().Fill(-1);
        var dictionaryParser = new SymbolParser(symbols);
        for (var row = 0; row < data.Length; row++)
        {
            if (IsNull(data, row))
            {
                ids[row] = 0;
                continue;
            }

            var index = DictionaryIndex(data, dictionaryType, row);
            if (known[index] < 0)
            {
                known[index] = Intern(ref dictionaryParser, Text(dictionary, index));
            }

            ids[row] = known[index];
        }
    }

    private static int Intern(ref SymbolParser parser, ReadOnlySpan<byte> text)
    {
        var status = parser.TryParse(text, out var id);
        if (status != TextStatus.Ok)
        {
            ValueText.Throw(status, text, DataType.Symbol);
        }

        return id;
    }

    private int DictionaryIndex(ArrayData data, DictionaryType type, int row)
    {
        var at = row + data.Offset;
        return type.IndexType switch
        {
            Int8Type => Values<sbyte>(data)[at],
            UInt8Type => Values<byte>(data)[at],
            Int16Type => Values<short>(data)[at],
            UInt16Type => Values<ushort>(data)[at],
            Int32Type => Values<int>(data)[at],
            _ => Throw.Error<int>(
                ErrorCode.SchemaMismatch,
                $"Arrow column {column.Name}: dictionary indexes of {type.IndexType.Name} are not read"
            ),
        };
    }

    private ReadOnlySpan<byte> Text(ArrayData data, int row)
    {
        if (data.DataType is DictionaryType type)
        {
            return Text(data.Dictionary, DictionaryIndex(data, type, row));
        }

        if (data.DataType is not StringType)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"Arrow column {column.Name} is {data.DataType.Name}, which is not converted to {column.Type}"
            );
        }

        var offsets = Values<int>(data);
        var start = offsets[row + data.Offset];
        var text = data.Buffers[2].Span[start..offsets[row + data.Offset + 1]];
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            ValueText.Throw(TextStatus.Malformed, text, column.Type);
        }

        return text;
    }

    private static ReadOnlySpan<T> Values<T>(ArrayData data)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(data.Buffers[1].Span);

    private static void Copy<T>(ReadOnlySpan<T> source, int start, int step, Span<T> target, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            target[row] = source[start + (row * step)];
        }
    }
}
