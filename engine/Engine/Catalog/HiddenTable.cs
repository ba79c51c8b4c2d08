using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;

namespace TickStore.Engine.Catalog;

/// <summary>
/// A table of the database's own, in which statements and the like are rows: so they are in the log, at their place in the order of
/// everything, and durable like all else. It is made with its first row.
/// </summary>
/// <param name="name">Name within the schema.</param>
/// <param name="columns">Its columns.</param>
internal sealed class HiddenTable(string name, params ColumnSchema[] columns)
{
    private readonly Lock making = new();

    private readonly TableSchema schema = new(CatalogTables.Schema + name, columns) { Partition = PartitionUnit.None };

    /// <summary>The table's name, with the schema.</summary>
    public string Name => schema.Name;

    /// <summary>The columns, as they were declared.</summary>
    public IReadOnlyList<ColumnSchema> Columns => schema.Columns;

    /// <summary>Makes the table where it is missing. Any thread.</summary>
    public void Ensure(TickDatabase database)
    {
        lock (making)
        {
            if (database.FindTable(Name) is null)
            {
                database.CreateTable(schema);
            }
        }
    }

    /// <summary>Commits a row, after making the table if need be.</summary>
    /// <param name="database">Whose table it is.</param>
    /// <param name="durability">What to wait for; null for the database's default.</param>
    /// <param name="values">A value for each column.</param>
    /// <returns>The row's <c>_seq</c>.</returns>
    public long Append(TickDatabase database, Durability? durability, params ReadOnlySpan<ConstantValue> values)
    {
        Ensure(database);
        using var rows = Batch.Allocate(schema.ToBatchSchema(), 1, database.Pool);
        for (var i = 0; i < values.Length; i++)
        {
            ConstantColumns.Append(values[i], rows[i], symbols: null);
        }

        rows.SetRowCount(1);
        return database.Commit(Name, rows, durability: durability).LastSequence;
    }

    /// <summary>Calls back for each row there is, in the order of <c>_seq</c>, with the declared columns.</summary>
    public void ForEach(TickDatabase database, Action<Batch, int> row)
    {
        using var snapshot = database.OpenSnapshot();
        if (snapshot.FindTable(Name) is not { } source)
        {
            return;
        }

        var request = new ScanRequest
        {
            Columns = [.. Enumerable.Range(0, schema.Columns.Count)],
            Order = ScanOrder.Sequence,
        };
        using var scan = source.OpenScan(request, database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var i = 0; i < batch.RowCount; i++)
                {
                    row(batch, i);
                }
            }
        }
    }
}
