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
    /// Keeps a function, durably. The text is not looked at: SQL's CREATE FUNCTION checks it first. Throws AlreadyExists,
    /// and InvalidArgument for replacing one that a view uses: a view keeps meaning what it meant.
    /// </summary>
    public void CreateFunction(FunctionDefinition function, bool orReplace = false) =>
        viewManager.WithoutNewViews(() =>
        {
            ThrowIfUsed(function.Name, "replaced");
            FunctionRows.Put(function, orReplace);
        });

    /// <summary>Drops a function, durably. Throws UnknownName, and InvalidArgument where a view uses it.</summary>
    public void DropFunction(string name) =>
        viewManager.WithoutNewViews(() =>
        {
            ThrowIfUsed(name, "dropped");
            FunctionRows.Remove(name);
        });

    // Of a view whose statement does not bind any more, which functions it used is not known but by its text.
    private void ThrowIfUsed(string name, string what)
    {
        foreach (var live in viewManager.Views)
        {
            var view = live.Definition;
            if (
                view.Functions.Contains(name, StringComparer.OrdinalIgnoreCase)
                || (live.BuildError is not null && Names(view.Statement, name))
            )
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"Function {name} cannot be {what}: view {view.Name} uses it; drop that one first"
                );
            }
        }
    }
}
