using TickStore.Core;

namespace TickStore.Engine.Catalog;

/// <summary>
/// The statements that made the database's functions. The engine keeps their text only; the language knows what it
/// means.
/// </summary>
internal sealed class FunctionRows(TickDatabase database)
{
    private static readonly NamedRows Rows = new("function_definitions");

    private readonly Lock gate = new();
    private SortedDictionary<string, string>? known;

    /// <summary>Names and statements, by name.</summary>
    public IReadOnlyList<FunctionDefinition> All
    {
        get
        {
            lock (gate)
            {
                return [.. Known().Select(f => new FunctionDefinition(f.Key, f.Value))];
            }
        }
    }

    /// <summary>The statement that made a function, ignoring case, or null.</summary>
    public FunctionDefinition? Find(string name)
    {
        lock (gate)
        {
            return Known().TryGetValue(name, out var statement) ? new FunctionDefinition(name, statement) : null;
        }
    }

    /// <summary>Keeps a function, durably. Throws AlreadyExists unless it may replace.</summary>
    public void Put(FunctionDefinition function, bool orReplace)
    {
        lock (gate)
        {
            if (!orReplace && Known().ContainsKey(function.Name))
            {
                Throw.Error(ErrorCode.AlreadyExists, $"Function {function.Name} exists already");
            }

            Rows.Put(database, function.Name, function.Statement);
            Known()[function.Name] = function.Statement;
        }
    }

    /// <summary>Takes one out, durably. Throws UnknownName.</summary>
    public void Remove(string name)
    {
        lock (gate)
        {
            if (!Known().ContainsKey(name))
            {
                Throw.Error(ErrorCode.UnknownName, $"There is no function {name}");
            }

            Rows.Remove(database, name);
            Known().Remove(name);
        }
    }

    private SortedDictionary<string, string> Known() => known ??= Rows.Read(database);
}
