using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// median and quantile_cont: exact, over all values, which are kept (8 bytes a row, in the order of SQL) within the query's
/// budget. Between two values it interpolates over DOUBLE, as PostgreSQL's percentile_cont. NaN is the greatest value.
/// </summary>
internal sealed class QuantileState<T>(bool isMedian, int scale, EvaluationContext context)
    : FractionState("quantile_cont", isMedian, context)
    where T : unmanaged
{
    // Integers as they are, DOUBLE by its code: both sort as 64-bit integers.
    private readonly GroupArray<long> values = new(context.Pool);
    private readonly GroupArray<Stretch> stretches = new(context.Pool);

    // Made when results are first asked for: the values group by group, where each group begins, and whether it is sorted.
    private readonly GroupArray<long> ordered = new(context.Pool);
    private readonly GroupArray<int> starts = new(context.Pool);
    private readonly GroupArray<bool> isSorted = new(context.Pool);
    private readonly GroupArray<int> counts = new(context.Pool);
    private bool isGrouped;
    private bool isInPlace;
    private int groupCount;

    public override void EnsureGroups(int groupCount)
    {
        base.EnsureGroups(groupCount);
        this.groupCount = Math.Max(this.groupCount, groupCount);
        isGrouped = false;
    }

    public override void Reset()
    {
        base.Reset();
        values.Reset();
        stretches.Reset();
        ordered.Reset();
        groupCount = 0;
        isGrouped = false;
    }

    public override void Dispose()
    {
        values.Dispose();
        stretches.Dispose();
        ordered.Dispose();
        starts.Dispose();
        isSorted.Dispose();
        counts.Dispose();
        base.Dispose();
    }

    protected override void AddValues(ColumnVector values, int startRow, int rowCount, int group)
    {
        var target = Room(rowCount, group);
        var from = values.Values<T>().Slice(startRow, rowCount);
        for (var i = 0; i < from.Length; i++)
        {
            target[i] = Code(from[i]);
        }
    }

    protected override void MergeValues(FractionState other, ReadOnlySpan<int> groups)
    {
        var from = (QuantileState<T>)other;
        var done = 0;
        foreach (var stretch in from.stretches.Values)
        {
            from.values.Values.Slice(done, stretch.Count).CopyTo(Room(stretch.Count, groups[stretch.Group]));
            done += stretch.Count;
        }
    }

    protected override bool TryRead(int group, double fraction, out double quantile)
    {
        if (!isGrouped)
        {
            Group();
        }

        var members = (isInPlace ? values : ordered).Values[starts.Values[group]..starts.Values[group + 1]];
        quantile = 0;
        if (members.IsEmpty)
        {
            return false;
        }

        if (!isSorted.Values[group])
        {
            Sort(members);
            isSorted.Values[group] = true;
        }

        var position = fraction * (members.Length - 1);
        var below = (int)position;
        var share = position - below;
        quantile = Value(members[below]);
        if (share != 0)
        {
            quantile += (Value(members[below + 1]) - quantile) * share;
        }

        return true;
    }

    private static long Code(T value)
    {
        if (typeof(T) == typeof(double))
        {
            return (long)(SortCodes.OfDouble((double)(object)value) ^ 1UL << 63);
        }

        return typeof(T) == typeof(short) ? (short)(object)value
            : typeof(T) == typeof(int) ? (int)(object)value
            : (long)(object)value;
    }

    private double Value(long code) =>
        typeof(T) == typeof(double)
            ? SortCodes.ToDouble((ulong)code ^ 1UL << 63)
            : ExactRatio.Divide(code, DecimalText.PowerOfTen(scale));

    private Span<long> Room(int count, int group)
    {
        isGrouped = false;
        var at = values.Count;
        values.EnsureCount(at + count);
        if (stretches.Count > 0 && stretches.Values[^1].Group == group)
        {
            stretches.Values[^1].Count += count;
        }
        else
        {
            stretches.EnsureCount(stretches.Count + 1);
            stretches.Values[^1] = new Stretch { Group = group, Count = count };
        }

        return values.Values.Slice(at, count);
    }

    // A counting sort by group; nothing moves where groups came one after the other.
    private void Group()
    {
        starts.Reset();
        starts.EnsureCount(groupCount + 2);
        isSorted.Reset();
        isSorted.EnsureCount(groupCount);
        var next = starts.Values;
        var last = -1;
        isInPlace = true;
        foreach (var stretch in stretches.Values)
        {
            next[stretch.Group + 2] += stretch.Count;
            isInPlace &= stretch.Group > last;
            last = stretch.Group;
        }

        for (var group = 1; group < next.Length; group++)
        {
            next[group] += next[group - 1];
        }

        if (!isInPlace)
        {
            ordered.Reset();
            ordered.EnsureCount(values.Count);
        }

        var done = 0;
        foreach (var stretch in stretches.Values)
        {
            ref var at = ref next[stretch.Group + 1];
            if (!isInPlace)
            {
                values.Values.Slice(done, stretch.Count).CopyTo(ordered.Values[at..]);
            }

            at += stretch.Count;
            done += stretch.Count;
        }

        isGrouped = true;
    }

    // Prices of a symbol lie close together: where there are hardly more possible values than rows, they are counted.
    private void Sort(Span<long> members)
    {
        var least = RunKernels.Minimum<long>(members);
        var range = unchecked((ulong)(RunKernels.Maximum<long>(members) - least));
        if (range >= (ulong)members.Length * 2)
        {
            members.Sort();
            return;
        }

        counts.Reset();
        counts.EnsureCount((int)range + 1);
        var counted = counts.Values;
        foreach (var member in members)
        {
            counted[(int)(member - least)]++;
        }

        var done = 0;
        for (var i = 0; i < counted.Length; i++)
        {
            members.Slice(done, counted[i]).Fill(least + i);
            done += counted[i];
        }
    }

    private struct Stretch
    {
        public int Group;
        public int Count;
    }
}
