using System.Reflection;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>
/// How the properties of <typeparamref name="T"/> become the columns of a table: matched by name, ignoring case and
/// underscores. Made once an appender; each column's loop over the rows is compiled, so that a row costs no virtual call
/// and no boxing.
/// </summary>
internal sealed class RowMapping<T>
{
    private readonly ColumnMapping<T>[] columns;

    /// <summary>Matches properties with columns; every difference is an error that names it.</summary>
    public RowMapping(TableSchema schema)
    {
        var properties = typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .ToList();
        columns = new ColumnMapping<T>[schema.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var column = schema.Columns[i];
            var property = properties.Find(p => Plain(p.Name) == Plain(column.Name));
            if (property is null)
            {
                if (!column.Nullable)
                {
                    Throw.Error(
                        ErrorCode.SchemaMismatch,
                        $"{typeof(T).Name} has no property for column {column.Name} of table {schema.Name}, which is NOT NULL; "
                            + $"it has {string.Join(", ", properties.Select(p => p.Name))}"
                    );
                }

                columns[i] = new NullColumn<T>();
                continue;
            }

            properties.Remove(property);
            columns[i] = ColumnMapping<T>.Create(property, column, schema.Name);
        }

        if (properties.Count > 0)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"{typeof(T).Name}.{properties[0].Name} matches no column of table {schema.Name}; "
                    + $"its columns are {string.Join(", ", schema.Columns.Select(c => c.Name))}"
            );
        }
    }

    /// <summary>Appends rows to an owning batch of the table's declared columns.</summary>
    public void Append(T[] rows, int count, Batch target, ISymbolTable symbols)
    {
        var start = target.RowCount;
        for (var i = 0; i < columns.Length; i++)
        {
            target[i].EnsureCapacity(start + count);
            columns[i].Append(rows, count, target[i], symbols);
        }

        target.SetRowCount(start + count);
    }

    private static string Plain(string name) =>
        name.Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
}
