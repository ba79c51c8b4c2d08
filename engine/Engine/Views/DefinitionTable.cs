using System.Text;
using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Execution;

namespace TickStore.Engine.Views;

/// <summary>
/// The statements that made the database's views, as rows of a hidden table: so they are in the log, at their place in the order of
/// everything, and durable like all else. The last row of a name counts.
/// </summary>
internal static class DefinitionTable
{
    private static readonly HiddenTable Table = new(
        "view_definitions",
        new("name", DataType.Varchar, Nullable: false),
        new("statement", DataType.Varchar, Nullable: false),
        new("created_seq", DataType.BigInt, Nullable: false),
        new("is_dropped", DataType.Boolean, Nullable: false)
    );

    /// <summary>Notes that a view was made, durably.</summary>
    public static void Add(TickDatabase database, string name, string statement, long createdSequence) =>
        Append(database, name, statement, createdSequence, isDropped: false);

    /// <summary>Notes that a view was dropped, durably.</summary>
    public static void Remove(TickDatabase database, string name) =>
        Append(database, name, string.Empty, 0, isDropped: true);

    /// <summary>The views there are, in the order in which they were made.</summary>
    public static IReadOnlyList<Entry> Read(TickDatabase database)
    {
        var entries = new List<Entry>();
        Table.ForEach(
            database,
            (rows, row) =>
            {
                var name = Encoding.UTF8.GetString(rows[0].Utf8(row));
                entries.RemoveAll(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
                if (rows[3].Values<byte>()[row] == 0)
                {
                    entries.Add(
                        new Entry(name, Encoding.UTF8.GetString(rows[1].Utf8(row)), rows[2].Values<long>()[row])
                    );
                }
            }
        );
        return entries;
    }

    private static void Append(
        TickDatabase database,
        string name,
        string statement,
        long createdSequence,
        bool isDropped
    ) =>
        Table.Append(
            database,
            Storage.Durability.Fsync,
            ConstantValue.Of(name),
            ConstantValue.Of(statement),
            ConstantValue.Of(DataType.BigInt, createdSequence),
            ConstantValue.Of(isDropped)
        );

    /// <summary>One view.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Statement">The statement that made it.</param>
    /// <param name="CreatedSequence">The last <c>_seq</c> before it was made.</param>
    internal sealed record Entry(string Name, string Statement, long CreatedSequence);
}
