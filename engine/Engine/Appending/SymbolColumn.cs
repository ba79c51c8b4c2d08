using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>A SYMBOL column, from strings; each string is encoded and looked up in the dictionary once.</summary>
internal sealed class SymbolColumn<T>(PropertyInfo property) : ColumnMapping<T>
{
    private readonly Action<T[], int, string?[]> read = RowLoop.Compile<T, string?>(row =>
        Expression.Property(row, property)
    );
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private string?[] texts = [];

    public override void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols)
    {
        var start = target.RowCount;
        if (texts.Length < count)
        {
            texts = new string[count];
        }

        read(rows, count, texts);
        var ids = target.Writable<int>()[start..];
        for (var i = 0; i < count; i++)
        {
            ids[i] = texts[i] is { } text ? IdOf(text, symbols) : 0;
        }

        target.SetRowCount(start + count);
        for (var i = 0; i < count; i++)
        {
            if (texts[i] is null)
            {
                target.WritableValidity()[start + i] = 0;
            }
            else if (target.MayHaveNulls)
            {
                target.WritableValidity()[start + i] = 1;
            }
        }
    }

    private int IdOf(string text, ISymbolTable symbols)
    {
        if (known.TryGetValue(text, out var id))
        {
            return id;
        }

        id = symbols.Intern(Encoding.UTF8.GetBytes(text));

        // Bounded, for a producer may make a new string for every row.
        if (known.Count >= 1 << 16)
        {
            known.Clear();
        }

        known.Add(text, id);
        return id;
    }
}
