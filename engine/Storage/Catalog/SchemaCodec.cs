using TickStore.Core;

namespace TickStore.Storage.Catalog;

/// <summary>
/// A table schema as bytes, in the manifest and in the log:
/// <code>
/// text name | i32 columns | columns x (text name, u8 kind, u8 precision, u8 scale, u16 as i32 depth, u8 nullable)
/// i32 event time column | i32 receive time column | i32 cluster column | i64 lateness nanos | u8 partition unit
/// </code>
/// </summary>
internal static class SchemaCodec
{
    private const int LeastColumnBytes = 4 + 3 + 4 + 1;

    public static void Write(ByteWriter writer, TableSchema schema)
    {
        writer.Text(schema.Name);
        writer.Int32(schema.Columns.Count);
        foreach (var column in schema.Columns)
        {
            writer.Text(column.Name);
            writer.Byte((byte)column.Type.Kind);
            writer.Byte(column.Type.Precision);
            writer.Byte(column.Type.Scale);
            writer.Int32(column.Type.Depth);
            writer.Byte(column.Nullable ? (byte)1 : (byte)0);
        }

        writer.Int32(schema.EventTimeColumn);
        writer.Int32(schema.ReceiveTimeColumn);
        writer.Int32(schema.ClusterColumn);
        writer.Int64(schema.LatenessNanos);
        writer.Byte((byte)schema.Partition);
    }

    public static TableSchema Read(ref ByteReader reader)
    {
        var name = reader.Text();
        var columns = new ColumnSchema[reader.Count(LeastColumnBytes)];
        for (var i = 0; i < columns.Length; i++)
        {
            var columnName = reader.Text();
            var (kind, precision, scale) = (reader.Byte(), reader.Byte(), reader.Byte());
            var depth = reader.Int32();
            if (depth is < 0 or > DataType.DepthMax || !DataType.TryCreate(kind, precision, scale, (ushort)depth, out var type))
            {
                reader.Fail($"column {columnName} of table {name} has no known type ({kind}, {precision}, {scale}, {depth})");
                type = default;
            }

            columns[i] = new ColumnSchema(columnName, type, reader.Byte() != 0);
        }

        var (eventTime, receiveTime, cluster) = (reader.Int32(), reader.Int32(), reader.Int32());
        var lateness = reader.Int64();
        var partition = reader.Byte();
        if (partition > (byte)PartitionUnit.Year)
        {
            reader.Fail($"table {name} has the unknown partition unit {partition}");
        }

        try
        {
            var schema = new TableSchema(name, columns)
            {
                EventTimeColumn = eventTime,
                ReceiveTimeColumn = receiveTime,
                ClusterColumn = cluster,
                LatenessNanos = lateness,
                Partition = (PartitionUnit)partition,
            };
            schema.Validate();
            return schema;
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.InvalidArgument)
        {
            reader.Fail(e.Message);
            throw;
        }
    }
}
