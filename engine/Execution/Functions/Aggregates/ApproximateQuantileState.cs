using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// approx_quantile: a histogram whose buckets are the leading bits of DOUBLE: sign, exponent and 8 bits of the fraction, so a
/// bucket's borders are 0.4 % apart at most, and a result is nearer than that to the exact quantile (the idea of C. Masson, J.
/// Rim and H. Lee, "DDSketch", 2019, with bits in the place of logarithms). Counts are integers, so results are the same bits
/// for any order and split. 2 KiB for each power of two that a group's values reach.
/// </summary>
internal sealed class ApproximateQuantileState<T>(int scale, EvaluationContext context)
    : FractionState("approx_quantile", isMedian: false, context)
    where T : unmanaged
{
    private const int PageBits = 8;
    private const int PageBuckets = 1 << PageBits;
    private const int BucketShift = 64 - 12 - PageBits;

    private readonly Dictionary<long, int> pageOf = [];
    private readonly GroupArray<long> counts = new(context.Pool);

    // The extremes as codes; inverted for the least, so that 0 means that there is none.
    private readonly GroupArray<ulong> invertedLeast = new(context.Pool);
    private readonly GroupArray<ulong> greatest = new(context.Pool);

    // The pages of a group form a chain by ascending exponent; numbers are one more than indexes, so that 0 means none.
    private readonly GroupArray<int> firstPages = new(context.Pool);
    private readonly GroupArray<Link> links = new(context.Pool);
    private int firstFree;
    private long lastKey = -1;
    private int lastPage;

    public override void EnsureGroups(int groupCount)
    {
        base.EnsureGroups(groupCount);
        invertedLeast.EnsureCount(groupCount);
        greatest.EnsureCount(groupCount);
        firstPages.EnsureCount(groupCount);
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (Rows.AnyNull(arguments, row))
        {
            return true;
        }

        var code = SortCodes.OfDouble(Real(arguments[0].Values<T>()[row]));
        if (code == ~invertedLeast.Values[group] || code == greatest.Values[group])
        {
            return false;
        }

        FindPage(group, (int)(code >> 52));
        counts.Values[lastPage + ((int)(code >> BucketShift) & (PageBuckets - 1))]--;
        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        base.ResetGroup(group);
        for (var number = firstPages.Values[group]; number != 0; )
        {
            ref var link = ref links.Values[number - 1];
            pageOf.Remove(KeyOf(group, link.Exponent));
            PageAt(number).Clear();
            (number, link.Next, firstFree) = (link.Next, firstFree, number);
        }

        firstPages.Values[group] = 0;
        invertedLeast.Values[group] = 0;
        greatest.Values[group] = 0;
        lastKey = -1;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        base.Save(writer, groups);
        invertedLeast.Save(writer, groups);
        greatest.Save(writer, groups);
        foreach (var group in groups)
        {
            for (var number = firstPages.Values[group]; number != 0; number = links.Values[number - 1].Next)
            {
                writer.Write(links.Values[number - 1].Exponent);
                writer.WriteSpan<long>(PageAt(number));
            }

            writer.Write(-1);
        }
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        base.Load(reader, groups);
        invertedLeast.Load(reader, groups);
        greatest.Load(reader, groups);
        foreach (var group in groups)
        {
            for (var exponent = reader.Read<int>(); exponent >= 0; exponent = reader.Read<int>())
            {
                FindPage(group, exponent);
                reader.ReadSpan<long>().CopyTo(counts.Values[lastPage..]);
            }
        }
    }

    public override void Reset()
    {
        base.Reset();
        pageOf.Clear();
        counts.Reset();
        invertedLeast.Reset();
        greatest.Reset();
        firstPages.Reset();
        links.Reset();
        firstFree = 0;
        lastKey = -1;
    }

    public override void Dispose()
    {
        counts.Dispose();
        invertedLeast.Dispose();
        greatest.Dispose();
        firstPages.Dispose();
        links.Dispose();
        base.Dispose();
    }

    protected override void AddValues(ColumnVector values, int startRow, int rowCount, int group)
    {
        var (low, high) = (ulong.MaxValue, 0UL);
        foreach (var value in values.Values<T>().Slice(startRow, rowCount))
        {
            var code = SortCodes.OfDouble(Real(value));
            low = Math.Min(low, code);
            high = Math.Max(high, code);
            var exponent = (int)(code >> 52);
            if (KeyOf(group, exponent) != lastKey)
            {
                FindPage(group, exponent);
            }

            counts.Values[lastPage + ((int)(code >> BucketShift) & (PageBuckets - 1))]++;
        }

        Widen(group, ~low, high);
    }

    protected override void MergeValues(FractionState other, ReadOnlySpan<int> groups)
    {
        var from = (ApproximateQuantileState<T>)other;
        for (var i = 0; i < groups.Length; i++)
        {
            for (var number = from.firstPages.Values[i]; number != 0; number = from.links.Values[number - 1].Next)
            {
                FindPage(groups[i], from.links.Values[number - 1].Exponent);
                var source = from.PageAt(number);
                var target = counts.Values.Slice(lastPage, PageBuckets);
                for (var bucket = 0; bucket < target.Length; bucket++)
                {
                    target[bucket] += source[bucket];
                }
            }

            Widen(groups[i], from.invertedLeast.Values[i], from.greatest.Values[i]);
        }
    }

    protected override bool TryRead(int group, double fraction, out double quantile)
    {
        var total = 0L;
        for (var number = firstPages.Values[group]; number != 0; number = links.Values[number - 1].Next)
        {
            total += RowsOf(number);
        }

        quantile = 0;
        if (total == 0)
        {
            return false;
        }

        var position = fraction * (total - 1);
        if (position == 0 || position == total - 1)
        {
            quantile = Scaled(position == 0 ? ~invertedLeast.Values[group] : greatest.Values[group]);
            return true;
        }

        var before = 0L;
        for (var number = firstPages.Values[group]; ; number = links.Values[number - 1].Next)
        {
            var rows = RowsOf(number);
            if (position < before + rows)
            {
                var bucket = Find(number, position, ref before);
                var inBucket = PageAt(number)[(int)bucket & (PageBuckets - 1)];
                quantile = Read(group, bucket, position - before, inBucket);
                return true;
            }

            before += rows;
        }
    }

    private static double Real(T value) =>
        typeof(T) == typeof(double) ? (double)(object)value
        : typeof(T) == typeof(short) ? (short)(object)value
        : typeof(T) == typeof(int) ? (int)(object)value
        : (long)(object)value;

    private static long KeyOf(int group, int exponent) => ((long)group << 12) | (uint)exponent;

    private Span<long> PageAt(int number) => counts.Values.Slice((number - 1) * PageBuckets, PageBuckets);

    private long RowsOf(int number)
    {
        var rows = 0L;
        foreach (var count in PageAt(number))
        {
            rows += count;
        }

        return rows;
    }

    // The bucket that holds a position, and the rows before it.
    private ulong Find(int number, double position, ref long before)
    {
        var page = PageAt(number);
        var bucket = 0;
        while (position >= before + page[bucket])
        {
            before += page[bucket++];
        }

        return ((ulong)links.Values[number - 1].Exponent << PageBits) | (uint)bucket;
    }

    // Rows are taken to lie evenly within what is known of their bucket: its borders, and the extremes of the group.
    private double Read(int group, ulong bucket, double position, long rows)
    {
        var from = Math.Max(bucket << BucketShift, ~invertedLeast.Values[group]);
        var to = Math.Min((bucket << BucketShift) | ((1UL << BucketShift) - 1), greatest.Values[group]);
        var (low, high) = (SortCodes.ToDouble(from), SortCodes.ToDouble(to));
        var real =
            low == high || !double.IsFinite(low) || !double.IsFinite(high)
                ? low
                : Math.Min(high, low + ((high - low) * ((position + 0.5) / rows)));
        return real / DecimalText.PowerOfTen(scale);
    }

    private double Scaled(ulong code) => SortCodes.ToDouble(code) / DecimalText.PowerOfTen(scale);

    private void Widen(int group, ulong inverted, ulong high)
    {
        ref var least = ref invertedLeast.Values[group];
        least = Math.Max(least, inverted);
        ref var most = ref greatest.Values[group];
        most = Math.Max(most, high);
    }

    private void FindPage(int group, int exponent)
    {
        var key = KeyOf(group, exponent);
        if (!pageOf.TryGetValue(key, out lastPage))
        {
            var number = firstFree;
            if (number != 0)
            {
                firstFree = links.Values[number - 1].Next;
            }
            else
            {
                number = links.Count + 1;
                counts.EnsureCount(number * PageBuckets);
                links.EnsureCount(number);
            }

            ref var next = ref firstPages.Values[group];
            while (next != 0 && links.Values[next - 1].Exponent < exponent)
            {
                next = ref links.Values[next - 1].Next;
            }

            links.Values[number - 1] = new Link { Next = next, Exponent = exponent };
            next = number;
            lastPage = (number - 1) * PageBuckets;
            pageOf.Add(key, lastPage);
        }

        lastKey = key;
    }

    private struct Link
    {
        public int Next;
        public int Exponent;
    }
}
