namespace TickStore.Core;

/// <summary>The columns of a batch, in order. Names may repeat, as in the result of a join.</summary>
public sealed class BatchSchema
{
    private readonly ColumnSchema[] columns;

    /// <summary>Makes a schema of these columns.</summary>
    public BatchSchema(params ReadOnlySpan<ColumnSchema> columns) => this.columns = columns.ToArray();

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<ColumnSchema> Columns => columns;

    /// <summary>How many columns there are.</summary>
    public int ColumnCount => columns.Length;

    /// <summary>The column at <paramref name="index"/>.</summary>
    public ColumnSchema this[int index] => columns[index];

    /// <summary>Index of the first column of that name, ignoring case, or -1. O(columns).</summary>
    public int IndexOf(string name) =>
        Array.FindIndex(columns, c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
}
