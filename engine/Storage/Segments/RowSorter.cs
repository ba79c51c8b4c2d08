using System.Numerics;
using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// Sorts row numbers by (symbol, time, sequence) or by (time, sequence): a counting sort by symbol, then, where the
/// rows of a symbol do not ascend already, a radix sort by time and a pass that puts rows of equal time in order. Ticks
/// arrive nearly in time order, so that most symbols need the check only. Scratch memory is kept from sort to sort.
/// </summary>
internal sealed class RowSorter(BlockPool pool) : IDisposable
{
    private const int DigitBits = 11;
    private const int SmallCount = 1024;

    private readonly int[] digitCounts = new int[1 << DigitBits];
    private MemoryLease? keyLease;
    private MemoryLease? keyLease2;
    private MemoryLease? rowLease;
    private MemoryLease? countLease;

    /// <summary>
    /// Orders the rows 0 to n - 1 by (symbol, time, sequence).
    /// </summary>
    /// <param name="symbols">A symbol id (0 or more) a row; empty where there is only one symbol.</param>
    /// <param name="times">A time a row.</param>
    /// <param name="sequences">A sequence a row.</param>
    /// <param name="order">Receives the n row numbers.</param>
    /// <param name="runs">Receives the symbols and their row counts, or null.</param>
    public void SortClustered(
        ReadOnlySpan<int> symbols,
        ReadOnlySpan<long> times,
        ReadOnlySpan<long> sequences,
        Span<int> order,
        SymbolRuns? runs = null
    )
    {
        if (symbols.IsEmpty)
        {
            Fill(order);
            SortByTime(order, times, sequences);
            runs?.Add(-1, order.Length);
            return;
        }

        var (min, max) = ValueBounds.Of(symbols);
        if ((long)max - min > (4L * symbols.Length) + (1 << 16))
        {
            Fill(order);
            RadixSort(order, new IntKeys(symbols, min), (uint)(max - min));
        }
        else
        {
            CountingSort(symbols, min, max, order);
        }

        for (var start = 0; start < order.Length; )
        {
            var symbol = symbols[order[start]];
            var end = start + 1;
            while (end < order.Length && symbols[order[end]] == symbol)
            {
                end++;
            }

            WorkPace.Step();
            SortByTime(order[start..end], times, sequences);
            runs?.Add(symbol, end - start);
            start = end;
        }
    }

    /// <summary>Orders row numbers by (time, sequence), whatever order they come in.</summary>
    public void SortByTime(Span<int> order, ReadOnlySpan<long> times, ReadOnlySpan<long> sequences)
    {
        var ascending = true;
        var (min, max) = (times[order[0]], times[order[0]]);
        for (var i = 1; i < order.Length; i++)
        {
            var (a, b) = (order[i - 1], order[i]);
            var time = times[b];
            ascending &= times[a] < time || (times[a] == time && sequences[a] < sequences[b]);
            min = Math.Min(min, time);
            max = Math.Max(max, time);
        }

        if (ascending)
        {
            return;
        }

        if (TryByArrival(order, times, sequences))
        {
            return;
        }

        RadixSort(order, new LongKeys(times, min), unchecked((ulong)(max - min)));
        for (var start = 0; start < order.Length; )
        {
            var time = times[order[start]];
            var end = start + 1;
            var inOrder = true;
            for (; end < order.Length && times[order[end]] == time; end++)
            {
                inOrder &= sequences[order[end - 1]] < sequences[order[end]];
            }

            if (!inOrder)
            {
                SortBySequence(order[start..end], sequences);
            }

            start = end;
        }
    }

    /// <summary>Orders row numbers by sequence.</summary>
    public void SortBySequence(Span<int> order, ReadOnlySpan<long> sequences)
    {
        var ascending = true;
        var (min, max) = (sequences[order[0]], sequences[order[0]]);
        for (var i = 1; i < order.Length; i++)
        {
            var sequence = sequences[order[i]];
            ascending &= sequences[order[i - 1]] < sequence;
            min = Math.Min(min, sequence);
            max = Math.Max(max, sequence);
        }

        if (!ascending)
        {
            RadixSort(order, new LongKeys(sequences, min), unchecked((ulong)(max - min)));
        }
    }

    public void Dispose()
    {
        keyLease?.Dispose();
        keyLease2?.Dispose();
        rowLease?.Dispose();
        countLease?.Dispose();
        keyLease = keyLease2 = rowLease = countLease = null;
    }

    /// <summary>Fills with 0, 1, 2 and so on.</summary>
    public static void Fill(Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
    }

    // Where hardly a sequence is missing and rows arrived in order of time, each row's place is its sequence.
    private bool TryByArrival(Span<int> order, ReadOnlySpan<long> times, ReadOnlySpan<long> sequences)
    {
        if (order.Length <= SmallCount)
        {
            return false;
        }

        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var row in order)
        {
            min = Math.Min(min, sequences[row]);
            max = Math.Max(max, sequences[row]);
        }

        if (unchecked((ulong)(max - min)) >= 2UL * (ulong)order.Length)
        {
            return false;
        }

        var places = Room<int>(ref rowLease, (int)(max - min) + 1);
        places.Fill(-1);
        foreach (var row in order)
        {
            places[(int)(sequences[row] - min)] = row;
        }

        var count = 0;
        var last = long.MinValue;
        foreach (var row in places)
        {
            if (row < 0)
            {
                continue;
            }

            if (times[row] < last)
            {
                return false;
            }

            last = times[row];
            places[count++] = row;
        }

        // Fewer only where two rows had one sequence.
        if (count < order.Length)
        {
            return false;
        }

        places[..count].CopyTo(order);
        return true;
    }

    private void CountingSort(ReadOnlySpan<int> symbols, int min, int max, Span<int> order)
    {
        var next = Room<int>(ref countLease, max - min + 1);
        next.Clear();
        foreach (var symbol in symbols)
        {
            next[symbol - min]++;
        }

        Starts(next);
        for (var row = 0; row < symbols.Length; row++)
        {
            order[next[symbols[row] - min]++] = row;
        }
    }

    // Least significant digit first, hence stable. Digits that are the same in all keys cost a count only.
    private void RadixSort<TKeys>(Span<int> order, TKeys source, ulong maxKey)
        where TKeys : struct, IKeys, allows ref struct
    {
        var n = order.Length;
        var keys = Room<ulong>(ref keyLease, n);
        var keys2 = Room<ulong>(ref keyLease2, n);
        var order2 = Room<int>(ref rowLease, n);
        for (var i = 0; i < n; i++)
        {
            keys[i] = source[order[i]];
        }

        if (n <= SmallCount)
        {
            SortSmall(keys, order);
            return;
        }

        // The highest two digits leave keys that are spread at all evenly almost in order, and one pass of insertion
        // ends it; where it does not, such as for bursts within a long time, all digits are sorted.
        var keyBits = 64 - BitOperations.LeadingZeroCount(maxKey);
        var fromBit = Math.Max(0, keyBits - (2 * DigitBits));
        SortDigits(ref keys, ref keys2, ref order2, order, fromBit, keyBits);
        if (fromBit > 0 && !TryInsertionSort(keys, order, 2L * n))
        {
            SortDigits(ref keys, ref keys2, ref order2, order, 0, keyBits);
        }
    }

    private void SortDigits(
        ref Span<ulong> keys,
        ref Span<ulong> keys2,
        ref Span<int> order2,
        Span<int> order,
        int fromBit,
        int toBit
    )
    {
        var target = order;
        for (var shift = fromBit; shift < toBit; shift += DigitBits)
        {
            var next = digitCounts.AsSpan();
            next.Clear();
            foreach (var key in keys)
            {
                next[(int)(key >> shift) & ((1 << DigitBits) - 1)]++;
            }

            if (next[(int)(keys[0] >> shift) & ((1 << DigitBits) - 1)] == keys.Length)
            {
                continue;
            }

            Starts(next);
            for (var i = 0; i < keys.Length; i++)
            {
                var at = next[(int)(keys[i] >> shift) & ((1 << DigitBits) - 1)]++;
                keys2[at] = keys[i];
                order2[at] = target[i];
            }

            var keysWere = keys;
            keys = keys2;
            keys2 = keysWere;
            var targetWas = target;
            target = order2;
            order2 = targetWas;
        }

        if (target != order)
        {
            target.CopyTo(order);
            order2 = target;
        }
    }

    // Insertion where little is out of place, else the library's sort, which need not be stable: equal times are put in
    // order by sequence afterwards, and symbols by time.
    private static void SortSmall(Span<ulong> keys, Span<int> order)
    {
        if (!TryInsertionSort(keys, order, 8L * keys.Length))
        {
            keys.Sort(order);
        }
    }

    /// <summary>Sorts by insertion; gives up, with keys and rows still in pairs, when that takes too many
    /// moves.</summary>
    private static bool TryInsertionSort(Span<ulong> keys, Span<int> order, long movesMax)
    {
        for (var i = 1; i < keys.Length; i++)
        {
            var key = keys[i];
            if (keys[i - 1] <= key)
            {
                continue;
            }

            var row = order[i];
            var at = i;
            for (; at > 0 && keys[at - 1] > key && movesMax >= 0; at--, movesMax--)
            {
                keys[at] = keys[at - 1];
                order[at] = order[at - 1];
            }

            keys[at] = key;
            order[at] = row;
            if (movesMax < 0)
            {
                return false;
            }
        }

        return true;
    }

    // Counts become the places where each digit's rows begin.
    private static void Starts(Span<int> counts)
    {
        var total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var count = counts[i];
            counts[i] = total;
            total += count;
        }
    }

    private Span<T> Room<T>(ref MemoryLease? lease, int count)
        where T : unmanaged
    {
        var bytes = checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        if (lease is null || lease.LengthBytes < bytes)
        {
            lease?.Dispose();
            lease = null;
            lease = pool.Rent(bytes);
        }

        return lease.As<T>()[..count];
    }

    private interface IKeys
    {
        ulong this[int row] { get; }
    }

    private readonly ref struct LongKeys(ReadOnlySpan<long> values, long min) : IKeys
    {
        private readonly ReadOnlySpan<long> values = values;

        public ulong this[int row] => unchecked((ulong)(values[row] - min));
    }

    private readonly ref struct IntKeys(ReadOnlySpan<int> values, int min) : IKeys
    {
        private readonly ReadOnlySpan<int> values = values;

        public ulong this[int row] => (uint)(values[row] - min);
    }
}
