namespace TickStore.Core;

/// <summary>
/// A table as it was created: its columns, and which of them have a part to play. After the declared columns come the
/// system columns that every table has: <c>_seq</c>, <c>_ingest_ts</c> and <c>_late</c>.
/// </summary>
public sealed class TableSchema
{
    /// <summary>The most columns that a table may declare.</summary>
    public const int ColumnsMax = 1000;

    private static readonly ColumnSchema[] SystemColumns =
    [
        new("_seq", DataType.BigInt, Nullable: false),
        new("_ingest_ts", DataType.Timestamp, Nullable: false),
        new("_late", DataType.Boolean, Nullable: false),
    ];

    /// <summary>Makes a schema, and checks that names are unique and that roles fit their columns' types.</summary>
    public TableSchema(string name, IReadOnlyList<ColumnSchema> columns)
    {
        Name = name;
        Columns = columns;
        AllColumns = [.. columns, .. SystemColumns];
        if (name.Length is 0 or > 200)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"A table name has 1 to 200 characters; '{name}' has {name.Length}");
        }

        if (columns.Count is 0 or > ColumnsMax)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"Table {name} has {columns.Count} columns; allowed are 1 to {ColumnsMax}"
            );
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in AllColumns)
        {
            if (!seen.Add(column.Name))
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Table {name} has two columns named {column.Name}");
            }
        }
    }

    /// <summary>The table's name; unique in the database, ignoring case.</summary>
    public string Name { get; }

    /// <summary>The declared columns.</summary>
    public IReadOnlyList<ColumnSchema> Columns { get; }

    /// <summary>The declared columns, then the system columns. Scans name columns by their index in here.</summary>
    public IReadOnlyList<ColumnSchema> AllColumns { get; }

    /// <summary>
    /// The EVENT TIME column (TIMESTAMP, NOT NULL), or -1: then a row's event time is its <c>_ingest_ts</c>.
    /// </summary>
    public int EventTimeColumn { get; init; } = -1;

    /// <summary>How far behind the newest event time of its source a row may be before it is late.</summary>
    public long LatenessNanos { get; init; }

    /// <summary>The RECEIVE TIME column (TIMESTAMP), or -1.</summary>
    public int ReceiveTimeColumn { get; init; } = -1;

    /// <summary>The CLUSTER BY column (SYMBOL, NOT NULL), or -1: then segments are ordered by event time alone.</summary>
    public int ClusterColumn { get; init; } = -1;

    /// <summary>What spans of event time segments are kept apart by.</summary>
    public PartitionUnit Partition { get; init; } = PartitionUnit.Day;

    /// <summary>Index of <c>_seq</c> in <see cref="AllColumns"/>.</summary>
    public int SequenceIndex => Columns.Count;

    /// <summary>Index of <c>_ingest_ts</c> in <see cref="AllColumns"/>.</summary>
    public int IngestTimeIndex => Columns.Count + 1;

    /// <summary>Index of <c>_late</c> in <see cref="AllColumns"/>.</summary>
    public int LateIndex => Columns.Count + 2;

    /// <summary>Index in <see cref="AllColumns"/> of what orders rows in time: the event time, or <c>_ingest_ts</c>.</summary>
    public int TimeIndex => EventTimeColumn >= 0 ? EventTimeColumn : IngestTimeIndex;

    /// <summary>Index of a column in <see cref="AllColumns"/>, ignoring case, or -1. O(columns).</summary>
    public int IndexOf(string columnName)
    {
        for (var i = 0; i < AllColumns.Count; i++)
        {
            if (string.Equals(AllColumns[i].Name, columnName, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The declared columns as the schema of a batch to append.</summary>
    public BatchSchema ToBatchSchema() => new([.. Columns]);

    /// <summary>Checks the roles' columns; throws <see cref="ErrorCode.InvalidArgument"/> naming the one at fault.</summary>
    public void Validate()
    {
        CheckRole("EVENT TIME", EventTimeColumn, TypeKind.Timestamp, notNull: true);
        CheckRole("RECEIVE TIME", ReceiveTimeColumn, TypeKind.Timestamp, notNull: false);
        CheckRole("CLUSTER BY", ClusterColumn, TypeKind.Symbol, notNull: true);
        if (LatenessNanos < 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"Table {Name}: LATENESS must not be negative");
        }
    }

    private void CheckRole(string role, int column, TypeKind kind, bool notNull)
    {
        if (column == -1)
        {
            return;
        }

        var declared = (uint)column < (uint)Columns.Count ? Columns[column] : null;
        if (declared is null || declared.Type.Kind != kind || declared.Type.IsArray || (notNull && declared.Nullable))
        {
            var found = declared is null
                ? $"column {column} is not declared"
                : $"{declared.Name} is {declared.Type}{(declared.Nullable ? string.Empty : " NOT NULL")}";
            var wanted = $"{kind.ToString().ToUpperInvariant()}{(notNull ? " NOT NULL" : string.Empty)}";
            Throw.Error(ErrorCode.InvalidArgument, $"Table {Name}: {role} needs a column of type {wanted}; {found}");
        }
    }
}
