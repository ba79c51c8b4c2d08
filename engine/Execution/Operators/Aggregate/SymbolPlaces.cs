using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The short way from a row to its group where groups are made of a symbol, or of a symbol and a bucket of time: for each symbol id the
/// bucket that its last row fell into, and its group. A row of the same bucket costs two comparisons, and no hash.
/// </summary>
internal sealed class SymbolPlaces : IDisposable
{
    private readonly GroupArray<Entry> entries;
    private readonly GroupRange range;
    private readonly int symbolKey;
    private readonly int symbolColumn;
    private int[] places = new int[Batch.VectorRows];
    private int[] misses = new int[Batch.VectorRows];
    private int missCount;

    private SymbolPlaces(int symbolKey, int symbolColumn, GroupRange range, BlockPool pool)
    {
        this.symbolKey = symbolKey;
        this.symbolColumn = symbolColumn;
        this.range = range;
        entries = new GroupArray<Entry>(pool);
    }

    /// <summary>Rows of the last <see cref="Find"/> whose group is not known yet, ascending.</summary>
    public ReadOnlySpan<int> Misses => misses.AsSpan(0, missCount);

    /// <summary>The short way for the keys of a node, or null where they are of another kind.</summary>
    public static SymbolPlaces? TryMake(AggregateNode node, GroupRange range, BlockPool pool)
    {
        for (var i = 0; i < node.Keys.Count; i++)
        {
            if (
                node.Keys[i]
                    is ColumnExpression { Nullable: false, Type: { Kind: TypeKind.Symbol, IsArray: false } } symbol
                && (
                    node.Keys.Count == 1
                    || (node.Keys.Count == 2 && range is { Times.HasRuns: true } && range.BucketKey == 1 - i)
                )
            )
            {
                return new SymbolPlaces(i, symbol.Index, range, pool);
            }
        }

        return null;
    }

    /// <summary>
    /// Finds the groups of rows as far as they are known; the others are <see cref="Misses"/>, to be <see cref="Learn"/>ed.
    /// </summary>
    /// <returns>A place for each row; valid until the next call.</returns>
    public Span<int> Find(Batch rows)
    {
        var symbols = rows[symbolColumn].Values<int>();
        missCount = 0;
        if (places.Length < symbols.Length)
        {
            places = new int[symbols.Length];
            misses = new int[symbols.Length];
        }

        var found = places.AsSpan(0, symbols.Length);
        if (range.BucketKey >= 0)
        {
            FindByTime(symbols, rows[range.Times!.Column].Values<long>(), found);
        }
        else
        {
            FindBySymbol(symbols, found);
        }

        return found;
    }

    /// <summary>Remembers the group of a symbol's row.</summary>
    public void Learn(int place, Batch rows, int row, IncrementalGroups groups)
    {
        var (from, count) = (0L, 0UL);
        if (range.Times is { } times)
        {
            var bucket = groups.BucketOf(range.BucketKey, place);
            (from, count) = times.RunOf(bucket, rows[times.Column].Values<long>()[row]);
        }

        var symbol = SymbolOf(place, groups);
        entries.EnsureCount(symbol + 1);
        entries.Values[symbol] = new Entry
        {
            From = from,
            Count = count,
            PlacePlusOne = place + 1,
        };
    }

    /// <summary>Forgets a group that is let go of.</summary>
    public void Forget(int place, IncrementalGroups groups)
    {
        var symbol = SymbolOf(place, groups);
        if (symbol < entries.Count && entries.Values[symbol].PlacePlusOne == place + 1)
        {
            entries.Values[symbol] = default;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => entries.Dispose();

    private int SymbolOf(int place, IncrementalGroups groups) =>
        groups.KeysOf(symbolKey).Values<int>()[groups.NumberOf(place)];

    private void FindByTime(ReadOnlySpan<int> symbols, ReadOnlySpan<long> times, Span<int> found)
    {
        var known = entries.Values;
        times = times[..symbols.Length];
        found = found[..symbols.Length];
        for (var i = 0; i < symbols.Length; i++)
        {
            var symbol = symbols[i];
            if ((uint)symbol < (uint)known.Length)
            {
                ref readonly var entry = ref known[symbol];
                if ((ulong)(times[i] - entry.From) < entry.Count)
                {
                    found[i] = entry.PlacePlusOne - 1;
                    continue;
                }
            }

            misses[missCount++] = i;
        }
    }

    private void FindBySymbol(ReadOnlySpan<int> symbols, Span<int> found)
    {
        var known = entries.Values;
        for (var i = 0; i < symbols.Length; i++)
        {
            var symbol = symbols[i];
            found[i] = (uint)symbol < (uint)known.Length ? known[symbol].PlacePlusOne - 1 : -1;
            if (found[i] < 0)
            {
                misses[missCount++] = i;
            }
        }
    }

    private struct Entry
    {
        public long From;

        // Times from there on that are in the bucket; 0 where there is no group.
        public ulong Count;
        public int PlacePlusOne;
    }
}
