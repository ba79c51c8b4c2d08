using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>A VARCHAR column, from strings.</summary>
internal sealed class TextColumn<T>(PropertyInfo property) : ColumnMapping<T>
{
    private readonly Action<T[], int, string?[]> read = RowLoop.Compile<T, string?>(row =>
        Expression.Property(row, property)
    );
    private string?[] texts = [];
    private byte[] utf8 = new byte[256];

    public override void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols)
    {
        if (texts.Length < count)
        {
            texts = new string[count];
        }

        read(rows, count, texts);
        for (var i = 0; i < count; i++)
        {
            if (texts[i] is not { } text)
            {
                target.AppendNull();
                continue;
            }

            if (utf8.Length < text.Length * 3)
            {
                utf8 = new byte[text.Length * 3];
            }

            target.AppendUtf8(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)));
            if (target.MayHaveNulls)
            {
                target.WritableValidity()[target.RowCount - 1] = 1;
            }
        }
    }
}
