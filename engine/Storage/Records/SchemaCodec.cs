using System.IO.Hashing;
using TickStore.Core;

namespace TickStore.Storage.Records;

/// <summary>
/// A table schema as bytes: in one form in the manifest and in the log, in a shorter one in the footers of segments.
/// <code>
/// catalog  text name | i32 columns | columns x (text name, u8 kind, u8 precision, u8 scale, i32 depth, u8 nullable)
///          i32 event time column | i32 receive time column | i32 cluster column | i64 lateness nanos | u8 partition unit
/// segment  short text name | i64 lateness nanos | u8 partition unit
///          varint columns | columns x (short text name, u8 kind, u8 precision, u8 scale, u16 depth, u8 nullable)
///          i32 event time column | i32 receive time column | i32 cluster column
/// </code>
/// </summary>
internal static class SchemaCodec
{
    private const int LeastColumnBytes = 4 + 3 + 4 + 1;
    private const int LeastSegmentColumnBytes = 1 + 3 + 2 + 1;

    /// <summary>Writes the form of the catalog and the log.</summary>
    public static void Write(ByteWriter writer, TableSchema schema)
    {
        writer.Text(schema.Name);
        writer.Int32(schema.Columns.Count);
        foreach (var column in schema.Columns)
        {
            writer.Text(column.Name);
            WriteType(writer, column.Type);
            writer.Int32(column.Type.Depth);
            writer.Byte(column.Nullable ? (byte)1 : (byte)0);
        }

        WriteRoles(writer, schema);
        writer.Int64(schema.LatenessNanos);
        writer.Byte((byte)schema.Partition);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TableSchema Read(ref ByteReader reader)
    {
        var name = reader.Text();
        var columns = new ColumnSchema[reader.Count(LeastColumnBytes)];
        for (var i = 0; i < columns.Length; i++)
        {
            var columnName = reader.Text();
            var (kind, precision, scale) = (reader.Byte(), reader.Byte(), reader.Byte());
            columns[i] = ToColumn(ref reader, columnName, kind, precision, scale, reader.Int32(), reader.Byte());
        }

        var (eventTime, receiveTime, cluster) = (reader.Int32(), reader.Int32(), reader.Int32());
        return ToSchema(ref reader, name, columns, eventTime, receiveTime, cluster, reader.Int64(), reader.Byte());
    }

    /// <summary>Writes the form of segments.</summary>
    public static void WriteForSegment(ByteWriter writer, TableSchema schema)
    {
        writer.ShortText(schema.Name);
        writer.Int64(schema.LatenessNanos);
        writer.Byte((byte)schema.Partition);
        WriteSegmentColumns(writer, schema);
    }

    /// <summary>Reads what <see cref="WriteForSegment"/> wrote.</summary>
    public static TableSchema ReadForSegment(ref ByteReader reader)
    {
        var name = reader.ShortText();
        var (latenessNanos, partition) = (reader.Int64(), reader.Byte());
        var columns = new ColumnSchema[reader.ShortCount(LeastSegmentColumnBytes)];
        for (var i = 0; i < columns.Length; i++)
        {
            var columnName = reader.ShortText();
            var (kind, precision, scale) = (reader.Byte(), reader.Byte(), reader.Byte());
            columns[i] = ToColumn(ref reader, columnName, kind, precision, scale, reader.UInt16(), reader.Byte());
        }

        return ToSchema(
            ref reader,
            name,
            columns,
            reader.Int32(),
            reader.Int32(),
            reader.Int32(),
            latenessNanos,
            partition
        );
    }

    /// <summary>By this segments know their table: a hash of columns and roles; not of the name, the lateness and the
    /// partition, which change no byte of a row.</summary>
    public static ulong Fingerprint(TableSchema schema)
    {
        var writer = new ByteWriter();
        WriteSegmentColumns(writer, schema);
        return XxHash3.HashToUInt64(writer.Written);
    }

    private static void WriteSegmentColumns(ByteWriter writer, TableSchema schema)
    {
        writer.Varint((ulong)schema.Columns.Count);
        foreach (var column in schema.Columns)
        {
            writer.ShortText(column.Name);
            WriteType(writer, column.Type);
            writer.UInt16(column.Type.Depth);
            writer.Byte(column.Nullable ? (byte)1 : (byte)0);
        }

        WriteRoles(writer, schema);
    }

    private static void WriteType(ByteWriter writer, in DataType type)
    {
        writer.Byte((byte)type.Kind);
        writer.Byte(type.Precision);
        writer.Byte(type.Scale);
    }

    private static void WriteRoles(ByteWriter writer, TableSchema schema)
    {
        writer.Int32(schema.EventTimeColumn);
        writer.Int32(schema.ReceiveTimeColumn);
        writer.Int32(schema.ClusterColumn);
    }

    private static ColumnSchema ToColumn(
        ref ByteReader reader,
        string name,
        byte kind,
        byte precision,
        byte scale,
        int depth,
        byte nullable
    )
    {
        if (
            depth is < 0 or > DataType.DepthMax
            || !DataType.TryCreate(kind, precision, scale, (ushort)depth, out var type)
        )
        {
            return reader.Fail<ColumnSchema>(
                $"column {name} has no known type ({kind}, {precision}, {scale}, {depth})"
            );
        }

        return new ColumnSchema(name, type, nullable != 0);
    }

    private static TableSchema ToSchema(
        ref ByteReader reader,
        string name,
        ColumnSchema[] columns,
        int eventTime,
        int receiveTime,
        int cluster,
        long latenessNanos,
        byte partition
    )
    {
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
                LatenessNanos = latenessNanos,
                Partition = (PartitionUnit)partition,
            };
            schema.Validate();
            return schema;
        }
        catch (TickStoreException e) when (e.Code == ErrorCode.InvalidArgument)
        {
            return reader.Fail<TableSchema>($"the schema of table {name} is not possible: {e.Message}");
        }
    }
}
