using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// For each key the places of its first rows in the order: their order as codes, and where the rows are. And for keys of which rows were
/// left out, a bound that none of those comes before, so that a row that comes before it is known to be among the first.
/// </summary>
internal sealed class TopPerKeyLists : IDisposable
{
    private readonly TopPerKey top;
    private readonly ISymbolTable symbols;
    private readonly int width;
    private readonly GrownArray<int> counts;
    private readonly GrownArray<ulong> codes;
    private readonly GrownArray<int> rows;
    private readonly GrownArray<ulong> bounds;
    private readonly GrownArray<byte> hasBound;

    /// <summary>Makes empty lists.</summary>
    public TopPerKeyLists(TopPerKey top, EvaluationContext context)
    {
        this.top = top;
        symbols = context.Symbols;
        // The first word of a row's order has a bit for each NULL.
        width = 1 + top.Order.Count;
        counts = new GrownArray<int>(context.Pool);
        codes = new GrownArray<ulong>(context.Pool);
        rows = new GrownArray<int>(context.Pool);
        bounds = new GrownArray<ulong>(context.Pool);
        hasBound = new GrownArray<byte>(context.Pool);
    }

    /// <summary>Words of the order of one row.</summary>
    public int Width => width;

    /// <summary>Makes room for so many keys.</summary>
    public void EnsureKeys(int keyCount)
    {
        counts.EnsureLength(keyCount);
        codes.EnsureLength((long)keyCount * top.Count * width);
        rows.EnsureLength((long)keyCount * top.Count);
        bounds.EnsureLength((long)keyCount * width);
        hasBound.EnsureLength(keyCount);
    }

    /// <summary>How many rows a key has in its list.</summary>
    public int CountOf(int key) => counts.Span[key];

    /// <summary>Where the rows of a key are, in order.</summary>
    public Span<int> RowsOf(int key) => rows.Span.Slice(key * top.Count, counts.Span[key]);

    /// <summary>True where rows that the list does not have may belong into it.</summary>
    public bool MayLackRows(int key) => counts.Span[key] < top.Count && hasBound.Span[key] != 0;

    /// <summary>Puts a row among the first ones, if it is.</summary>
    /// <param name="key">The key's number.</param>
    /// <param name="order">The row's order.</param>
    /// <param name="row">Where the row is, if the list takes it.</param>
    /// <returns>True if it took it.</returns>
    public bool Insert(int key, ReadOnlySpan<ulong> order, int row)
    {
        var count = counts.Span[key];
        var bound = bounds.Span.Slice(key * width, width);
        if (hasBound.Span[key] != 0 && Compare(order, bound) > 0)
        {
            return false;
        }

        var first = key * top.Count;
        var list = codes.Span.Slice(first * width, top.Count * width);
        var at = count;
        while (at > 0 && Compare(order, list.Slice((at - 1) * width, width)) < 0)
        {
            at--;
        }

        if (at == top.Count)
        {
            order.CopyTo(bound);
            hasBound.Span[key] = 1;
            return false;
        }

        if (count == top.Count)
        {
            list[((count - 1) * width)..].CopyTo(bound);
            hasBound.Span[key] = 1;
            count--;
        }

        list[(at * width)..(count * width)].CopyTo(list[((at + 1) * width)..]);
        order.CopyTo(list[(at * width)..]);
        var places = rows.Span.Slice(first, top.Count);
        places[at..count].CopyTo(places[(at + 1)..]);
        places[at] = row;
        counts.Span[key] = count + 1;
        return true;
    }

    /// <summary>Takes a row out of the list, if it is in it.</summary>
    public bool Remove(int key, ReadOnlySpan<ulong> order)
    {
        var count = counts.Span[key];
        var first = key * top.Count;
        var list = codes.Span.Slice(first * width, top.Count * width);
        for (var at = 0; at < count; at++)
        {
            if (Compare(order, list.Slice(at * width, width)) == 0)
            {
                list[((at + 1) * width)..(count * width)].CopyTo(list[(at * width)..]);
                var places = rows.Span.Slice(first, top.Count);
                places[(at + 1)..count].CopyTo(places[at..]);
                counts.Span[key] = count - 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>Empties the list of a key, to be filled with the first of all its rows.</summary>
    public void Restart(int key)
    {
        counts.Span[key] = 0;
        hasBound.Span[key] = 0;
    }

    /// <summary>Says that the key has rows behind those in its full list.</summary>
    public void BoundByLast(int key)
    {
        if (counts.Span[key] == top.Count)
        {
            var last = ((key * top.Count) + top.Count - 1) * width;
            codes.Span.Slice(last, width).CopyTo(bounds.Span[(key * width)..]);
            hasBound.Span[key] = 1;
        }
    }

    /// <summary>Writes the order of each row of a batch: as many words a row as <see cref="Width"/>.</summary>
    public void WriteOrders(ReadOnlySpan<ColumnVector> keys, int rowCount, Span<ulong> orders, BlockPool pool)
    {
        Span<ulong> column = rowCount <= 256 ? stackalloc ulong[256] : new ulong[rowCount];
        column = column[..rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            orders[row * width] = 0;
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i];
            var isSymbol = key.Type.Kind == TypeKind.Symbol;
            if (!isSymbol)
            {
                SortCodes.Write(key, column, symbols, pool);
            }

            var turn = top.Order[i].Descending ? ulong.MaxValue : 0;
            for (var row = 0; row < rowCount; row++)
            {
                var isNull = key.IsNull(row);
                orders[row * width] |= isNull ? 1UL << i : 0;
                orders[(row * width) + 1 + i] =
                    isNull ? 0
                    : isSymbol ? (ulong)key.Values<int>()[row]
                    : column[row] ^ turn;
            }
        }
    }

    /// <summary>Writes the lists, for a checkpoint; where the rows are is the caller's to know.</summary>
    public void Save(StateWriter writer, int keyCount)
    {
        writer.WriteSpan<int>(counts.Span[..keyCount]);
        writer.WriteSpan<ulong>(codes.Span[..(keyCount * top.Count * width)]);
        writer.WriteSpan<ulong>(bounds.Span[..(keyCount * width)]);
        writer.WriteSpan<byte>(hasBound.Span[..keyCount]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader, int keyCount)
    {
        EnsureKeys(keyCount);
        reader.ReadSpan<int>().CopyTo(counts.Span);
        reader.ReadSpan<ulong>().CopyTo(codes.Span);
        reader.ReadSpan<ulong>().CopyTo(bounds.Span);
        reader.ReadSpan<byte>().CopyTo(hasBound.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        counts.Dispose();
        codes.Dispose();
        rows.Dispose();
        bounds.Dispose();
        hasBound.Dispose();
    }

    private int Compare(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        for (var i = 0; i < width - 1; i++)
        {
            var key = top.Order[i];
            var (leftIsNull, rightIsNull) = ((left[0] >> i & 1) != 0, (right[0] >> i & 1) != 0);
            if (leftIsNull || rightIsNull)
            {
                if (leftIsNull != rightIsNull)
                {
                    return leftIsNull == key.NullsFirst ? -1 : 1;
                }

                continue;
            }

            var (one, other) = (left[i + 1], right[i + 1]);
            if (one == other)
            {
                continue;
            }

            if (key.Expression.Type.Kind != TypeKind.Symbol)
            {
                return one < other ? -1 : 1;
            }

            var order = symbols.Utf8((int)one).SequenceCompareTo(symbols.Utf8((int)other));
            return key.Descending ? -order : order;
        }

        return 0;
    }
}
