using TickStore.Core;

namespace TickStore.Engine.Appending;

/// <summary>A column without a property: every row is NULL.</summary>
internal sealed class NullColumn<T> : ColumnMapping<T>
{
    public override void Append(T[] rows, int count, ColumnVector target, ISymbolTable symbols)
    {
        for (var i = 0; i < count; i++)
        {
            target.AppendNull();
        }
    }
}
