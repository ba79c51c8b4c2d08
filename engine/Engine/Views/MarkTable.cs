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
    private static readonly HiddenTable Table = new(
        "marks",
        new("table_name", DataType.Varchar, Nullable: false),
        new("ts", DataType.Timestamp, Nullable: false)
    );

    /// <summary>Name of the table.</summary>
    public static string Name => Table.Name;

    /// <summary>Commits a mark.</summary>
    public static void Append(TickDatabase database, string table, long nanos) =>
        Table.Append(database, durability: null, ConstantValue.Of(table), ConstantValue.Of(DataType.Timestamp, nanos));

    /// <summary>Calls back for each mark of a batch of the table.</summary>
    public static void ForEach(Batch rows, Action<string, long> mark)
    {
        for (var row = 0; row < rows.RowCount; row++)
        {
            mark(Encoding.UTF8.GetString(rows[0].Utf8(row)), rows[1].Values<long>()[row]);
        }
    }
}
