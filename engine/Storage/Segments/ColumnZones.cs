using System.Numerics;
using TickStore.Core;
using TickStore.Storage.Records;

namespace TickStore.Storage.Segments;

/// <summary>
/// The zone map of one column: for each vector how many rows are NULL, and for numbers, times, symbols and booleans the
/// smallest and largest value among the others. Floating-point values are kept as the bits of a DOUBLE; NaN counts as
/// the largest value, as in SQL. Arrays, VARCHAR and INTERVAL have NULL counts only.
/// </summary>
internal sealed class ColumnZones
{
    private readonly ushort[]? nullCounts;

    public ColumnZones(ColumnSchema column, int vectorCount)
    {
        var isScalar = !column.Type.IsArray;
        IsFloating = isScalar && column.Type.IsFloating;
        HasBounds = isScalar && column.Type.Physical is not (PhysicalType.Utf8 or PhysicalType.Interval);
        Min = HasBounds ? new long[vectorCount] : [];
        Max = HasBounds ? new long[vectorCount] : [];
        nullCounts = column.Nullable ? new ushort[vectorCount] : null;
    }

    public bool IsFloating { get; }

    public bool HasBounds { get; }

    /// <summary>Smallest value of each vector; 0 where all rows are NULL.</summary>
    public long[] Min { get; }

    /// <summary>Largest value of each vector; 0 where all rows are NULL.</summary>
    public long[] Max { get; }

    public int NullCount(int vector) => nullCounts is null ? 0 : nullCounts[vector];

    /// <summary>Takes the statistics of a vector whose NULL slots were filled with values that it holds.</summary>
    public void Take(int vector, ColumnVector values)
    {
        var nulls = values.MayHaveNulls ? values.Validity.Count((byte)0) : 0;
        if (nulls > 0)
        {
            if (nullCounts is null)
            {
                Throw.Error(ErrorCode.NullViolation, $"NULL in a column of type {values.Type} NOT NULL");
            }

            nullCounts[vector] = (ushort)nulls;
        }

        if (HasBounds && nulls < values.RowCount)
        {
            (Min[vector], Max[vector]) = values.Type.Physical switch
            {
                PhysicalType.Byte => Bounds(values.Values<byte>()),
                PhysicalType.Int16 => Bounds(values.Values<short>()),
                PhysicalType.Int32 => Bounds(values.Values<int>()),
                PhysicalType.Int64 => Bounds(values.Values<long>()),
                PhysicalType.Float => FloatBounds(values.Values<float>()),
                PhysicalType.Double => FloatBounds(values.Values<double>()),
                _ => (0, 0),
            };
        }
    }

    public void Write(ByteWriter writer, int valueBytes)
    {
        for (var vector = 0; vector < Min.Length; vector++)
        {
            WriteValue(writer, Min[vector], valueBytes);
            WriteValue(writer, Max[vector], valueBytes);
        }

        foreach (var count in nullCounts ?? [])
        {
            writer.UInt16(count);
        }
    }

    public void Read(ref ByteReader reader, int valueBytes, ReadOnlySpan<ushort> vectorRows)
    {
        for (var vector = 0; vector < Min.Length; vector++)
        {
            Min[vector] = ReadValue(ref reader, valueBytes);
            Max[vector] = ReadValue(ref reader, valueBytes);
        }

        for (var vector = 0; vector < vectorRows.Length && nullCounts is not null; vector++)
        {
            nullCounts[vector] = reader.UInt16();
            if (nullCounts[vector] > vectorRows[vector])
            {
                reader.Fail($"vector {vector} has {nullCounts[vector]} NULLs in {vectorRows[vector]} rows");
            }
        }
    }

    private void WriteValue(ByteWriter writer, long value, int valueBytes)
    {
        if (IsFloating && valueBytes == 4)
        {
            writer.UInt32(BitConverter.SingleToUInt32Bits((float)BitConverter.Int64BitsToDouble(value)));
            return;
        }

        switch (valueBytes)
        {
            case 1:
                writer.Byte((byte)value);
                break;
            case 2:
                writer.UInt16((ushort)value);
                break;
            case 4:
                writer.UInt32((uint)value);
                break;
            default:
                writer.Int64(value);
                break;
        }
    }

    private long ReadValue(ref ByteReader reader, int valueBytes)
    {
        if (IsFloating && valueBytes == 4)
        {
            return BitConverter.DoubleToInt64Bits(BitConverter.UInt32BitsToSingle(reader.UInt32()));
        }

        return valueBytes switch
        {
            1 => reader.Byte(),
            2 => (short)reader.UInt16(),
            4 => (int)reader.UInt32(),
            _ => reader.Int64(),
        };
    }

    private static (long Min, long Max) Bounds<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (min, max) = ValueBounds.Of(values);
        return (long.CreateTruncating(min), long.CreateTruncating(max));
    }

    private static (long Min, long Max) FloatBounds<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (min, max, anyNaN) = (T.NaN, T.NegativeInfinity, false);
        foreach (var value in values)
        {
            anyNaN |= T.IsNaN(value);
            min = T.IsNaN(min) || value < min ? value : min;
            max = value > max ? value : max;
        }

        max = anyNaN ? T.NaN : max;
        return (
            BitConverter.DoubleToInt64Bits(double.CreateChecked(min)),
            BitConverter.DoubleToInt64Bits(double.CreateChecked(max))
        );
    }
}
