using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// Reads a small answer in the format RowBinaryWithNamesAndTypes: the number of columns, their names, their types, then row by
/// row the values in binary.
/// </summary>
internal ref struct RowBinaryReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>All rows: whole numbers as long, decimals as decimal, floating point as double, text as string.</summary>
    public static object[][] ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return reader.Rows();
    }

    private object[][] Rows()
    {
        if (rest.IsEmpty)
        {
            return [];
        }

        var columnCount = (int)Varint();
        for (var i = 0; i < columnCount; i++)
        {
            Text();
        }

        var types = new string[columnCount];
        for (var i = 0; i < columnCount; i++)
        {
            types[i] = Text();
        }

        var rows = new List<object[]>();
        while (!rest.IsEmpty)
        {
            var row = new object[columnCount];
            for (var i = 0; i < columnCount; i++)
            {
                row[i] = Value(types[i]);
            }

            rows.Add(row);
        }

        return [.. rows];
    }

    private object Value(string type) =>
        type switch
        {
            "Int8" => (long)(sbyte)Take(1)[0],
            "UInt8" or "Bool" => (long)Take(1)[0],
            "Int16" => (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
            "UInt16" => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
            "Int32" => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            "UInt32" => (long)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
            "Int64" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
            "UInt64" => checked((long)BinaryPrimitives.ReadUInt64LittleEndian(Take(8))),
            "Float32" => (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
            "Float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
            "String" or "LowCardinality(String)" => Text(),
            _ when type.StartsWith("Decimal(", StringComparison.Ordinal) => Decimal(type),
            _ => throw new NotSupportedException($"The type {type} in an answer: cast it in the query"),
        };

    /// <summary>A decimal is an integer of 4, 8, 16 or 32 bytes, by its precision.</summary>
    private decimal Decimal(string type)
    {
        var comma = type.IndexOf(',', StringComparison.Ordinal);
        var precision = int.Parse(
            type.AsSpan("Decimal(".Length, comma - "Decimal(".Length),
            CultureInfo.InvariantCulture
        );
        var scale = byte.Parse(type.AsSpan(comma + 1).TrimEnd(')'), CultureInfo.InvariantCulture);
        var unscaled = precision switch
        {
            <= 9 => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            <= 18 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
            <= 38 => BinaryPrimitives.ReadInt128LittleEndian(Take(16)),
            _ => Int256(),
        };
        var magnitude = (UInt128)Int128.Abs(unscaled);
        return new decimal(
            (int)(uint)magnitude,
            (int)(uint)(magnitude >> 32),
            checked((int)(uint)(magnitude >> 64)),
            unscaled < 0,
            scale
        );
    }

    private Int128 Int256()
    {
        var low = BinaryPrimitives.ReadInt128LittleEndian(Take(16));
        var high = BinaryPrimitives.ReadInt128LittleEndian(Take(16));
        return high == (low < 0 ? Int128.NegativeOne : Int128.Zero)
            ? low
            : throw new OverflowException("A decimal in an answer does not fit into 128 bits");
    }

    private ReadOnlySpan<byte> Take(int byteCount)
    {
        var taken = rest[..byteCount];
        rest = rest[byteCount..];
        return taken;
    }

    private string Text() => Encoding.UTF8.GetString(Take((int)Varint()));

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
