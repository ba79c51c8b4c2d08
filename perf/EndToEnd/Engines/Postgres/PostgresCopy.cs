using System.Buffers.Binary;
using System.Text;
using Npgsql;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Engines.Postgres;

/// <summary>
/// COPY ... FROM STDIN (FORMAT BINARY) with rows written by hand into large buffers: a field is its length and its bytes, big-endian
/// (PostgreSQL's documentation of COPY). Twice as fast as the provider's importer, which is called for each value.
/// </summary>
internal static class PostgresCopy
{
    private const int BufferBytes = 1 << 16;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Copies rows; it is a transaction of its own unless there is one.</summary>
    public static void Write(
        NpgsqlConnection connection,
        Workload workload,
        FlatColumn[] columns,
        int startRow,
        int rowCount,
        string options
    )
    {
        var symbols = Array.ConvertAll(workload.SymbolNames, Encoding.UTF8.GetBytes);
        var rowBytesMax = 2 + (columns.Length * 16) + symbols.Max(s => s.Length);
        var buffer = new byte[BufferBytes];
        Header.CopyTo(buffer, 0);
        var length = Header.Length;
        using var stream = connection.BeginRawBinaryCopy($"COPY {workload.Name} FROM STDIN (FORMAT BINARY{options})");
        for (var row = startRow; row < startRow + rowCount; row++)
        {
            if (buffer.Length - length < rowBytesMax)
            {
                stream.Write(buffer, 0, length);
                length = 0;
            }

            length += WriteRow(buffer.AsSpan(length), columns, symbols, row);
        }

        stream.Write(buffer, 0, length);
        stream.Write([0xff, 0xff]);
    }

    private static int WriteRow(Span<byte> target, FlatColumn[] columns, byte[][] symbols, int row)
    {
        BinaryPrimitives.WriteInt16BigEndian(target, (short)columns.Length);
        var length = 2;
        foreach (var column in columns)
        {
            var field = target[(length + 4)..];
            var index = column.Offset + row;
            var bytes = column.Kind switch
            {
                FlatKind.Time or FlatKind.LargeCount => Long(field, ((long[])column.Values)[index]),
                FlatKind.Price or FlatKind.Count => Int(field, ((int[])column.Values)[index]),
                FlatKind.Flag => Byte(field, ((byte[])column.Values)[index]),
                FlatKind.Symbol => Text(field, symbols[((int[])column.Values)[index]]),
            };
            BinaryPrimitives.WriteInt32BigEndian(target[length..], bytes);
            length += 4 + bytes;
        }

        return length;
    }

    private static int Long(Span<byte> target, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, value);
        return sizeof(long);
    }

    private static int Int(Span<byte> target, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, value);
        return sizeof(int);
    }

    private static int Byte(Span<byte> target, byte value)
    {
        target[0] = value;
        return sizeof(byte);
    }

    private static int Text(Span<byte> target, byte[] value)
    {
        value.CopyTo(target);
        return value.Length;
    }
}
