using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>The functions that statements made, as one statement that calls them sees them.</summary>
internal sealed class MadeFunctions
{
    private readonly Dictionary<string, (CreateFunctionStatement? Parsed, string Text)> known = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Those that the statement called, directly or through others.</summary>
    public SortedSet<string> Used { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those whose expression is being bound, outer ones first.</summary>
    public List<string> Path { get; } = [];

    /// <summary>A function by name, which is used from now on; null where there is none.</summary>
    public CreateFunctionStatement? Find(IBindingCatalog catalog, string name)
    {
        if (!known.TryGetValue(name, out var found))
        {
            var text = catalog.FindFunction(name)?.Statement;
            found = text is null ? (null, "") : ((CreateFunctionStatement)SqlParser.Parse(text), text);
            known.Add(name, found);
        }

        if (found.Parsed is not null)
            Used.Add(name);
        return found.Parsed;
    }

    /// <summary>The text of a function that was found.</summary>
    public string TextOf(string name) => known[name].Text;
}
