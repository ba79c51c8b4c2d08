// Proves that a selection keeps the rows that flags name, in order, and ignores flags of rows that are not in it.
using TickStore.Core;

namespace TickStore.Tests.Core.Vectors;

public sealed class SelectionTests
{
    [Fact]
    public void Narrowing_keeps_order_and_flags_are_by_row()
    {
        var selection = new Selection();
        selection.SelectAll(6);
        Assert.Equal(6, selection.Count);
        selection.NarrowWhere([1, 0, 1, 0, 1, 1]);
        Assert.Equal([0, 2, 4, 5], selection.Rows.ToArray());
        selection.NarrowWhere([0, 1, 1, 1, 0, 1]);
        Assert.Equal([2, 5], selection.Rows.ToArray());
        selection.NarrowWhere([0, 0, 0, 0, 0, 0]);
        Assert.Equal(0, selection.Count);
    }
}
