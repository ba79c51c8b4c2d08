using TickStore.Core;

namespace TickStore.Cli;

/// <summary>
/// The columns of several tables side by side: <c>table</c>, <c>_seq</c>, then each column name once, in order of
/// appearance. A column of the same name and another type gets a column of its own, named <c>table.column</c>.
/// </summary>
internal sealed class ReplayColumns
{
    private readonly int[][] sources;

    public ReplayColumns(IReadOnlyList<TableSchema> tables)
    {
        var columns = new List<ColumnSchema>
        {
            new("table", DataType.Varchar, Nullable: false),
            new("_seq", DataType.BigInt, Nullable: false),
        };
        var indexes = new int[tables.Count][];
        for (var table = 0; table < tables.Count; table++)
        {
            indexes[table] = [.. tables[table].Columns.Select(c => IndexOf(columns, tables[table].Name, c))];
        }

        Schema = new BatchSchema([.. columns]);
        sources = Array.ConvertAll(
            indexes,
            targets =>
            {
                var source = new int[columns.Count];
                Array.Fill(source, -1);
                for (var i = 0; i < targets.Length; i++)
                {
                    source[targets[i]] = i;
                }

                return source;
            }
        );
    }

    /// <summary>Index of the first column that tables fill.</summary>
    public static int FirstTableColumn => 2;

    /// <summary>All columns.</summary>
    public BatchSchema Schema { get; }

    /// <summary>For each column of <see cref="Schema"/> the table's own column, or -1.</summary>
    public ReadOnlySpan<int> SourcesOf(int table) => sources[table];

    private static int IndexOf(List<ColumnSchema> columns, string table, ColumnSchema column)
    {
        var index = columns.FindIndex(c => string.Equals(c.Name, column.Name, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && columns[index].Type == column.Type)
        {
            return index;
        }

        columns.Add(new ColumnSchema(index < 0 ? column.Name : $"{table}.{column.Name}", column.Type));
        return columns.Count - 1;
    }
}
