using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Collects what files announce: streams of the same suffix must have the same columns, and are one table.
/// </summary>
internal sealed class StreamList(string tableName)
{
    private readonly List<(string Suffix, TableSchema Schema, string Origin)> found = [];

    /// <summary>Index of the stream of this suffix, which is added if it is new.</summary>
    public int Add(string suffix, TableSchema schema, string origin)
    {
        var index = found.FindIndex(s => s.Suffix == suffix);
        if (index < 0)
        {
            found.Add((suffix, schema, origin));
            return found.Count - 1;
        }

        var known = found[index];
        if (!known.Schema.Columns.SequenceEqual(schema.Columns))
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"{known.Origin} and {origin} both hold {suffix}, with different columns: import them into two tables"
            );
        }

        return index;
    }

    /// <summary>The streams, named after the table.</summary>
    public IReadOnlyList<ImportStream> ToStreams() =>
        [
            .. found.Select(s => new ImportStream(
                s.Suffix,
                s.Schema.Renamed(found.Count == 1 ? tableName : $"{tableName}_{s.Suffix}")
            )),
        ];
}

/// <summary>Helpers to declare tables.</summary>
internal static class SchemaExtensions
{
    extension(TableSchema schema)
    {
        /// <summary>The same columns and roles under another name.</summary>
        public TableSchema Renamed(string name) =>
            new(name, schema.Columns)
            {
                EventTimeColumn = schema.EventTimeColumn,
                ReceiveTimeColumn = schema.ReceiveTimeColumn,
                ClusterColumn = schema.ClusterColumn,
                LatenessNanos = schema.LatenessNanos,
                Partition = schema.Partition,
            };
    }

    /// <summary>
    /// A table whose event time, receive time and cluster column are those named <paramref name="eventTime"/>,
    /// <paramref name="receiveTime"/> and <paramref name="cluster"/>, if it has such columns of a fitting type.
    /// </summary>
    public static TableSchema Declare(
        string name,
        IReadOnlyList<ColumnSchema> columns,
        string? eventTime = "ts",
        string? cluster = "symbol",
        string? receiveTime = "receive_ts",
        PartitionUnit partition = PartitionUnit.Day
    )
    {
        int Find(string? wanted, DataType type) =>
            columns
                .Index()
                .FirstOrDefault(
                    c => string.Equals(c.Item.Name, wanted, StringComparison.OrdinalIgnoreCase) && c.Item.Type == type,
                    (Index: -1, Item: columns[0])
                )
                .Index;

        var schema = new TableSchema(name, columns)
        {
            EventTimeColumn = Find(eventTime, DataType.Timestamp),
            ClusterColumn = Find(cluster, DataType.Symbol),
            ReceiveTimeColumn = Find(receiveTime, DataType.Timestamp),
            Partition = partition,
        };
        schema.Validate();
        return schema;
    }

    /// <summary>
    /// The roles of a table that nobody declared: the first TIMESTAMP column is the event time and the first SYMBOL
    /// column the cluster column, and both are made NOT NULL.
    /// </summary>
    public static TableSchema WithRoles(string name, ColumnSchema[] columns)
    {
        var eventTime = Array.FindIndex(columns, c => c.Type == DataType.Timestamp);
        var cluster = Array.FindIndex(columns, c => c.Type == DataType.Symbol);
        foreach (var index in (ReadOnlySpan<int>)[eventTime, cluster])
        {
            if (index >= 0)
            {
                columns[index] = columns[index] with { Nullable = false };
            }
        }

        return new TableSchema(name, columns) { EventTimeColumn = eventTime, ClusterColumn = cluster };
    }
}
