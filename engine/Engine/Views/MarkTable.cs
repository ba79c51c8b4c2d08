using System.Text;
using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Execution;

namespace TickStore.Engine.Views;

/// <summary>
/// Marks: rows of a hidden table which say that time has passed in a table although no row came. So time enters views through the log
/// alone, and a replay or a restart reads it back.
/// </summary>
internal static class MarkTable
{
    /// <summary>Name of the table.</summary>
    public const string Name = CatalogTables.Schema + "marks";

    private static readonly TableSchema Schema = new(
        Name,
        [new("table_name", DataType.Varchar, Nullable: false), new("ts", DataType.Timestamp, Nullable: false)]
    )
    {
        Partition = PartitionUnit.None,
    };

    /// <summary>Commits a mark.</summary>
    public static void Append(TickDatabase database, string table, long nanos)
    {
        if (database.FindTable(Name) is null)
        {
            database.CreateTable(Schema);
        }

        using var rows = Batch.Allocate(Schema.ToBatchSchema(), 1, database.Pool);
        ConstantColumns.Append(ConstantValue.Of(table), rows[0], symbols: null);
        ConstantColumns.Append(ConstantValue.Of(DataType.Timestamp, nanos), rows[1], symbols: null);
        rows.SetRowCount(1);
        database.Commit(Name, rows);
    }

    /// <summary>Calls back for each mark of a batch of the table.</summary>
    public static void ForEach(Batch rows, Action<string, long> mark)
    {
        for (var row = 0; row < rows.RowCount; row++)
        {
            mark(Encoding.UTF8.GetString(rows[0].Utf8(row)), rows[1].Values<long>()[row]);
        }
    }
}
