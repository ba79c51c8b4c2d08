using TickStore.Core;
using TickStore.Engine.Catalog;

namespace TickStore;

/// <summary>Functions that statements made.</summary>
public sealed partial class TickDatabase
{
    private FunctionRows? functionRows;

    /// <summary>The functions that statements made, by name.</summary>
    public IReadOnlyList<FunctionDefinition> Functions => FunctionRows.All;

    private FunctionRows FunctionRows
    {
        get
        {
            // Two threads may make one each at first; both read the same rows, and one of them stays.
            if (functionRows is null)
            {
                Interlocked.CompareExchange(ref functionRows, new FunctionRows(this), null);
            }

            return functionRows;
        }
    }

    /// <summary>A function that a statement made, ignoring case, or null.</summary>
    public FunctionDefinition? FindFunction(string name) => FunctionRows.Find(name);

    /// <summary>
    /// Keeps a function, durably. The text is not looked at: SQL's CREATE FUNCTION checks it first. Throws AlreadyExists, and
    /// InvalidArgument for replacing one that a view uses: a view keeps meaning what it meant.
    /// </summary>
    public void CreateFunction(FunctionDefinition function, bool orReplace = false)
    {
        ThrowIfUsed(function.Name, "replaced");
        FunctionRows.Put(function, orReplace);
    }

    /// <summary>Drops a function, durably. Throws UnknownName, and InvalidArgument where a view uses it.</summary>
    public void DropFunction(string name)
    {
        ThrowIfUsed(name, "dropped");
        FunctionRows.Remove(name);
    }

    private void ThrowIfUsed(string name, string what)
    {
        foreach (var live in viewManager.Views)
        {
            if (live.Definition.Functions.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Function {name} cannot be {what}: view {live.Definition.Name} uses it; drop that one first"
                );
            }
        }
    }
}
