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

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 0)]
    public void Rows_that_arrived_in_order_are_sorted_as_LINQ_sorts_them(int gap, int lateRows)
    {
        var random = new Random(gap);
        using var pool = new Pool();
        using var sorter = new RowSorter(pool.Blocks);
        const int count = 5000;
        var (times, sequences, sequence) = (new long[count], new long[count], 1_000_000L);
        for (var i = 0; i < count; i++)
        {
            // Some sequences are missing, and some times repeat.
            sequences[i] = sequence += 1 + random.Next(gap + 1);
            times[i] = i / 3;
        }

        for (var i = 0; i < lateRows; i++)
        {
            times[random.Next(100, count)] = 5;
        }

        // Rows lie as in a segment: by another key, here by chance.
        var places = Enumerable.Range(0, count).ToArray();
        random.Shuffle(places);
        long[] shuffledTimes = [.. places.Select(p => times[p])];
        long[] shuffledSequences = [.. places.Select(p => sequences[p])];
        var order = Enumerable.Range(0, count).ToArray();
        sorter.SortByTime(order, shuffledTimes, shuffledSequences);
        Assert.Equal(
            Enumerable.Range(0, count).OrderBy(r => shuffledTimes[r]).ThenBy(r => shuffledSequences[r]),
            order
        );
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
