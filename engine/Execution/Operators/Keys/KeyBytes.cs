using System.Buffers.Binary;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keys of any columns as bytes: a byte for NULL, lengths before texts. Equal bytes are equal keys: NaN equals NaN, -0 equals 0, and
/// intervals that are equal in SQL are.
/// </summary>
internal static class KeyBytes
{
    /// <summary>Writes the keys of a batch one after the other into the scratch.</summary>
    public static void Write(ReadOnlySpan<ColumnVector> columns, int rowCount, KeyScratch scratch)
    {
        scratch.EnsureRows(rowCount);
        var at = 0;
        for (var row = 0; row < rowCount; row++)
        {
            scratch.Starts[row] = at;
            foreach (var column in columns)
            {
                at = Write(column, row, scratch, at);
            }
        }

        scratch.Starts[rowCount] = at;
    }

    /// <summary>Writes one value of a key behind what the scratch holds up to a place.</summary>
    /// <returns>The place behind it.</returns>
    public static int Write(ColumnVector column, int row, KeyScratch scratch, int at)
    {
        var isText = column.Type.Kind == TypeKind.Varchar;
        var text = isText ? column.Utf8(row) : default;
        scratch.GrowBytes(at + 17 + text.Length);
        var target = scratch.Bytes.AsSpan(at);
        if (column.IsNull(row))
        {
            target[0] = 0;
            return at + 1;
        }

        target[0] = 1;
        if (column.Type.IsArray)
        {
            return WriteLevels(column, row, scratch, at + 1);
        }

        target = target[1..];
        switch (column.Type.Physical)
        {
            case PhysicalType.Utf8:
                BinaryPrimitives.WriteInt32LittleEndian(target, text.Length);
                text.CopyTo(target[4..]);
                return at + 5 + text.Length;
            case PhysicalType.Interval:
                // A month and 30 days are one key, as they are equal in SQL.
                BinaryPrimitives.WriteInt128LittleEndian(target, column.Values<Interval>()[row].ComparableNanos);
                return at + 17;
            case PhysicalType.Float:
                BinaryPrimitives.WriteUInt64LittleEndian(target, SortCodes.OfDouble(column.Values<float>()[row]));
                return at + 9;
            case PhysicalType.Double:
                BinaryPrimitives.WriteUInt64LittleEndian(target, SortCodes.OfDouble(column.Values<double>()[row]));
                return at + 9;
            default:
                var width = column.Type.ElementBytes;
                column.LevelBytes(0).Slice(row * width, width).CopyTo(target);
                return at + 1 + width;
        }
    }

    // Arrays are keys of subscriptions only: a level after the other.
    private static int WriteLevels(ColumnVector column, int row, KeyScratch scratch, int at)
    {
        var width = column.Type.ElementBytes;
        scratch.GrowBytes(at + (width * column.Type.LevelCount));
        for (var level = 0; level < column.Type.LevelCount; level++, at += width)
        {
            var bits = column.LevelBytes(level).Slice(row * width, width);
            var target = scratch.Bytes.AsSpan(at, width);
            if (column.Type.Physical == PhysicalType.Double)
            {
                var code = SortCodes.OfDouble(BinaryPrimitives.ReadDoubleLittleEndian(bits));
                BinaryPrimitives.WriteUInt64LittleEndian(target, code);
            }
            else
            {
                bits.CopyTo(target);
            }
        }

        return at;
    }
}
