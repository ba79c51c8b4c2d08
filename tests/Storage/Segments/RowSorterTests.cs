// The radix and counting sorts give the order that LINQ gives, for keys that are spread, equal, clustered in bursts, of
// extreme range or in order already.
using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Tests.Storage.Segments;

public sealed class RowSorterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(30_000)]
    public void Rows_are_sorted_as_LINQ_sorts_them(int count)
    {
        var random = new Random(count);
        using var pool = new Pool();
        using var sorter = new RowSorter(pool.Blocks);
        for (var flavour = 0; flavour < 8; flavour++)
        {
            var times = new long[count];
            var symbols = new int[count];
            for (var i = 0; i < count; i++)
            {
                times[i] = flavour switch
                {
                    0 => random.NextInt64(),
                    1 => random.NextInt64(long.MinValue, long.MaxValue),
                    2 => i - random.Next(5),
                    3 => 7,
                    4 => random.Next(10),
                    // Bursts of nearby times, far from each other: the high digits tell only the bursts apart.
                    5 => (random.Next(3) * (1L << 50)) + random.Next(100_000),
                    6 => i,
                    _ => i == count / 2 ? long.MaxValue : random.Next(1000),
                };
                symbols[i] = flavour == 1 ? random.Next() : random.Next(1 + (flavour * 100));
            }

            var sequences = Enumerable.Range(0, count).Select(i => (long)i * 3).ToArray();
            random.Shuffle(sequences);
            var order = new int[count];
            var runs = new SymbolRuns();
            sorter.SortClustered(symbols, times, sequences, order, runs);
            var rows = Enumerable.Range(0, count).ToArray();
            Assert.Equal(rows.OrderBy(r => symbols[r]).ThenBy(r => times[r]).ThenBy(r => sequences[r]), order);
            Assert.Equal(symbols.Distinct().Order(), runs.Symbols.ToArray());
            Assert.Equal(symbols.GroupBy(s => s).OrderBy(g => g.Key).Select(g => (long)g.Count()), Counts(runs));

            random.Shuffle(order);
            sorter.SortByTime(order, times, sequences);
            Assert.Equal(rows.OrderBy(r => times[r]).ThenBy(r => sequences[r]), order);
            sorter.SortBySequence(order, sequences);
            Assert.Equal(rows.OrderBy(r => sequences[r]), order);
        }
    }

    private static IEnumerable<long> Counts(SymbolRuns runs)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            yield return runs.FirstRows[i + 1] - runs.FirstRows[i];
        }
    }

    private sealed class Pool : IDisposable
    {
        public BlockPool Blocks { get; } = new(new MemoryBudget(64L << 20, "a test"));

        public void Dispose() => Assert.Equal(0, Blocks.LeaseCount);
    }
}
