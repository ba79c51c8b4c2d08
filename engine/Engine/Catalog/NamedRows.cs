using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Catalog;

/// <summary>Definitions by name, as rows of a hidden table; the last row of a name counts.</summary>
/// <param name="name">The table's name within the schema.</param>
internal sealed class NamedRows(string name)
{
    private readonly HiddenTable table = new(
        name,
        new("name", DataType.Varchar, Nullable: false),
        new("definition", DataType.Varchar, Nullable: false),
        new("is_dropped", DataType.Boolean, Nullable: false)
    );

    /// <summary>The definitions there are, by name, ignoring case.</summary>
    public SortedDictionary<string, string> Read(TickDatabase database)
    {
        var found = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        table.ForEach(
            database,
            (rows, row) =>
            {
                var name = Encoding.UTF8.GetString(rows[0].Utf8(row));
                found.Remove(name);
                if (rows[2].Values<byte>()[row] == 0)
                {
                    found.Add(name, Encoding.UTF8.GetString(rows[1].Utf8(row)));
                }
            }
        );
        return found;
    }

    /// <summary>Keeps a definition, durably; one of that name before it counts no more.</summary>
    public void Put(TickDatabase database, string name, string definition) =>
        Append(database, name, definition, isDropped: false);

    /// <summary>Takes a definition out, durably.</summary>
    public void Remove(TickDatabase database, string name) => Append(database, name, string.Empty, isDropped: true);

    private void Append(TickDatabase database, string name, string definition, bool isDropped) =>
        table.Append(
            database,
            Storage.Durability.Fsync,
            ConstantValue.Of(name),
            ConstantValue.Of(definition),
            ConstantValue.Of(isDropped)
        );
}
