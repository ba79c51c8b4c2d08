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

    // Made when results are first asked for: pages by (group, exponent).
    private long[] orderedKeys = [];
    private bool isOrdered;
    private long lastKey = -1;
    private int lastPage;

    public override void EnsureGroups(int groupCount)
    {
        base.EnsureGroups(groupCount);
        invertedLeast.EnsureCount(groupCount);
        greatest.EnsureCount(groupCount);
    }

    public override void Reset()
    {
        base.Reset();
        pageOf.Clear();
        counts.Reset();
        invertedLeast.Reset();
        greatest.Reset();
        isOrdered = false;
        lastKey = -1;
    }

    public override void Dispose()
    {
        counts.Dispose();
        invertedLeast.Dispose();
        greatest.Dispose();
        base.Dispose();
    }

    protected override void AddValues(ColumnVector values, int startRow, int rowCount, int group)
    {
        var (low, high) = (ulong.MaxValue, 0UL);
        var groupKey = (long)group << 12;
        foreach (var value in values.Values<T>().Slice(startRow, rowCount))
        {
            var code = SortCodes.OfDouble(Real(value));
            low = Math.Min(low, code);
            high = Math.Max(high, code);
            var key = groupKey | (long)(code >> 52);
            if (key != lastKey)
            {
                FindPage(key);
            }

            counts.Values[lastPage + ((int)(code >> BucketShift) & (PageBuckets - 1))]++;
        }

        Widen(group, ~low, high);
    }

    protected override void MergeValues(FractionState other, ReadOnlySpan<int> groups)
    {
        var from = (ApproximateQuantileState<T>)other;
        foreach (var (key, page) in from.pageOf)
        {
            FindPage(((long)groups[(int)(key >> 12)] << 12) | (key & 0xFFF));
            var source = from.counts.Values.Slice(page, PageBuckets);
            var target = counts.Values.Slice(lastPage, PageBuckets);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] += source[i];
            }
        }

        for (var i = 0; i < groups.Length; i++)
        {
            Widen(groups[i], from.invertedLeast.Values[i], from.greatest.Values[i]);
        }
    }

    protected override bool TryRead(int group, double fraction, out double quantile)
    {
        if (!isOrdered)
        {
            orderedKeys = [.. pageOf.Keys];
            Array.Sort(orderedKeys);
            isOrdered = true;
        }

        var first = FirstPage((long)group << 12);
        var end = FirstPage((long)(group + 1) << 12);
        var total = 0L;
        for (var i = first; i < end; i++)
        {
            total += RowsOf(orderedKeys[i]);
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
        for (var i = first; ; i++)
        {
            var rows = RowsOf(orderedKeys[i]);
            if (position < before + rows)
            {
                var bucket = Find(orderedKeys[i], position, ref before);
                quantile = Read(group, bucket, position - before, counts.Values[BucketAt(orderedKeys[i], bucket)]);
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

    private int FirstPage(long key)
    {
        var found = Array.BinarySearch(orderedKeys, key);
        return found >= 0 ? found : ~found;
    }

    private long RowsOf(long key)
    {
        var rows = 0L;
        foreach (var count in counts.Values.Slice(pageOf[key], PageBuckets))
        {
            rows += count;
        }

        return rows;
    }

    private int BucketAt(long key, ulong bucket) => pageOf[key] + ((int)bucket & (PageBuckets - 1));

    // The bucket that holds a position, and the rows before it.
    private ulong Find(long key, double position, ref long before)
    {
        var page = counts.Values.Slice(pageOf[key], PageBuckets);
        var bucket = 0;
        while (position >= before + page[bucket])
        {
            before += page[bucket++];
        }

        return ((ulong)(key & 0xFFF) << PageBits) | (uint)bucket;
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
        isOrdered = false;
        ref var least = ref invertedLeast.Values[group];
        least = Math.Max(least, inverted);
        ref var most = ref greatest.Values[group];
        most = Math.Max(most, high);
    }

    private void FindPage(long key)
    {
        if (!pageOf.TryGetValue(key, out lastPage))
        {
            lastPage = counts.Count;
            counts.EnsureCount(lastPage + PageBuckets);
            pageOf.Add(key, lastPage);
        }

        lastKey = key;
    }
}
