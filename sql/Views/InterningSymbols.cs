using TickStore.Core;

namespace TickStore.Sql.Views;

/// <summary>
/// The dictionary as a view's definition sees it: a symbol that the text names is added, for rows of it may come later. The commit that
/// notes the view makes it durable.
/// </summary>
internal sealed class InterningSymbols(ISymbolTable symbols) : ISymbolTable
{
    public int Count => symbols.Count;

    public int Find(ReadOnlySpan<byte> utf8) => symbols.Intern(utf8);

    public int Intern(ReadOnlySpan<byte> utf8) => symbols.Intern(utf8);

    public ReadOnlySpan<byte> Utf8(int id) => symbols.Utf8(id);

    public string Text(int id) => symbols.Text(id);
}
