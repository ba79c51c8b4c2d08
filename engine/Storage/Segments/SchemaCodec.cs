using System.IO.Hashing;
using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>A table's schema as bytes, and the fingerprint of those bytes by which segments know their table.</summary>
internal static class SchemaCodec
{
    /// <summary>Columns and roles; not the name, the lateness and the partition, which change no byte of a
    /// row.</summary>
    public static ulong Fingerprint(TableSchema schema)
    {
        var writer = new ByteWriter();
        WriteColumns(schema, writer);
        return XxHash3.HashToUInt64(writer.Written);
    }

    public static void Write(TableSchema schema, ByteWriter writer)
    {
        writer.Text(schema.Name);
        writer.I64(schema.LatenessNanos);
        writer.U8((byte)schema.Partition);
        WriteColumns(schema, writer);
    }

    public static TableSchema Read(ref ByteReader reader)
    {
        var name = reader.Text();
        var latenessNanos = reader.I64();
        var partition = reader.U8();
        var columns = new ColumnSchema[reader.Count(reader.Varint(), 6)];
        for (var i = 0; i < columns.Length; i++)
        {
            var columnName = reader.Text();
            if (!DataType.TryCreate(reader.U8(), reader.U8(), reader.U8(), reader.U16(), out var type))
            {
                reader.Fail($"column {columnName} has a type that does not exist");
            }

            columns[i] = new ColumnSchema(columnName, type, reader.U8() != 0);
        }

        var eventTime = (int)reader.U32();
        var receiveTime = (int)reader.U32();
        var cluster = (int)reader.U32();
        if (partition > (byte)PartitionUnit.Year)
        {
            reader.Fail($"partition unit {partition} does not exist");
        }

        try
        {
            var schema = new TableSchema(name, columns)
            {
                EventTimeColumn = eventTime,
                ReceiveTimeColumn = receiveTime,
                ClusterColumn = cluster,
                LatenessNanos = latenessNanos,
                Partition = (PartitionUnit)partition,
            };
            schema.Validate();
            return schema;
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.InvalidArgument)
        {
            return reader.Fail<TableSchema>($"the schema is not possible: {e.Message}");
        }
    }

    private static void WriteColumns(TableSchema schema, ByteWriter writer)
    {
        writer.Varint((ulong)schema.Columns.Count);
        foreach (var column in schema.Columns)
        {
            writer.Text(column.Name);
            writer.U8((byte)column.Type.Kind);
            writer.U8(column.Type.Precision);
            writer.U8(column.Type.Scale);
            writer.U16(column.Type.Depth);
            writer.U8(column.Nullable ? (byte)1 : (byte)0);
        }

        writer.U32(unchecked((uint)schema.EventTimeColumn));
        writer.U32(unchecked((uint)schema.ReceiveTimeColumn));
        writer.U32(unchecked((uint)schema.ClusterColumn));
    }
}
