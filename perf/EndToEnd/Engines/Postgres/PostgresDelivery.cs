using System.Buffers.Binary;
using Npgsql;

namespace TickStore.EndToEnd.Engines.Postgres;

/// <summary>
/// Q12: takes rows of ts, sym, px, qty, side out of COPY ... TO STDOUT (FORMAT BINARY), PostgreSQL's fastest way to a client, and looks
/// at what the answer asks for.
/// </summary>
internal static class PostgresDelivery
{
    private const int BufferBytes = 1 << 16;
    private const int HeaderBytes = 19;
    private const int RowBytesMax = 1024;

    public static object[][] Read(NpgsqlConnection connection, string sql)
    {
        using var stream = connection.BeginRawBinaryCopy($"COPY ({sql}) TO STDOUT (FORMAT BINARY)");
        var buffer = new byte[BufferBytes];
        var (position, length) = (0, 0);
        Fill();
        position = HeaderBytes;
        var (rowCount, quantity, cents, isOrdered, latest) = (0L, 0L, 0L, 1L, long.MinValue);
        while (true)
        {
            if (length - position < RowBytesMax)
            {
                Fill();
            }

            var columnCount = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(position));
            position += 2;
            if (columnCount < 0)
            {
                return
                [
                    [rowCount, quantity, cents, isOrdered],
                ];
            }

            var time = BinaryPrimitives.ReadInt64BigEndian(Field());
            Field();
            cents += BinaryPrimitives.ReadInt32BigEndian(Field());
            quantity += BinaryPrimitives.ReadInt32BigEndian(Field());
            Field();
            isOrdered &= time >= latest ? 1 : 0;
            latest = time;
            rowCount++;
        }

        ReadOnlySpan<byte> Field()
        {
            var bytes = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(position));
            position += 4 + bytes;
            return buffer.AsSpan(position - bytes, bytes);
        }

        // Moves what is left to the front and reads until a row surely fits, or the end.
        void Fill()
        {
            buffer.AsSpan(position, length - position).CopyTo(buffer);
            (position, length) = (0, length - position);
            while (length < RowBytesMax && stream.Read(buffer, length, BufferBytes - length) is > 0 and var read)
            {
                length += read;
            }
        }
    }
}
