using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which rows of the input may belong to a group: those with its keys, where keys are columns, and those of its time, where one is a
/// bucket of time. For reading a group's rows back without reading all others.
/// </summary>
internal sealed class GroupRange
{
    private readonly AggregateNode node;
    private readonly int timeColumn = -1;
    private readonly long fromOffset;
    private readonly long toOffset;

    public GroupRange(AggregateNode node)
    {
        this.node = node;
        for (var i = 0; i < node.Keys.Count && BucketKey < 0; i++)
        {
            if (!node.Keys[i].Nullable && TryFind(node.Keys[i], out timeColumn, out fromOffset, out toOffset))
            {
                BucketKey = i;
                WidthNanos = HasFixedWidth(node.Keys[i]) ? toOffset - fromOffset + 1 : 0;
            }
        }
    }

    /// <summary>The key that is a bucket of time, in nanoseconds, with an end that is known; or -1.</summary>
    public int BucketKey { get; } = -1;

    /// <summary>The column that the bucket is of.</summary>
    public int TimeColumn => timeColumn;

    /// <summary>The width of each bucket, or 0 where they are not all as wide.</summary>
    public long WidthNanos { get; }

    /// <summary>Event times that a bucket holds lie from this value on.</summary>
    public long FromOf(long bucket) => Shift(bucket, fromOffset);

    /// <summary>Event times that a bucket holds lie up to this value, which is included.</summary>
    public long ToOf(long bucket) => Shift(bucket, toOffset);

    /// <summary>The rows of the input that may belong to a group, and perhaps some more.</summary>
    public PlanNode Narrow(IncrementalGroups groups, int place, ISymbolTable symbols)
    {
        var plan = node.Inputs[0];
        for (var i = 0; i < node.Keys.Count; i++)
        {
            if (i == BucketKey)
            {
                var bucket = groups.BucketOf(i, place);
                plan = PlanRange.Narrow(plan, new RangeCondition(timeColumn, FromOf(bucket), ToOf(bucket)));
            }
            else if (node.Keys[i] is ColumnExpression column)
            {
                plan = PlanRange.Narrow(
                    plan,
                    RangeCondition.Equal(column.Index, groups.KeysOf(i), groups.NumberOf(place), symbols)
                );
            }
        }

        return plan;
    }

    /// <summary>
    /// True for time_bucket(width, ts) and time_bucket(width, ts - shift): rows of a bucket lie from its start and the first offset to its
    /// start and the second one, both included.
    /// </summary>
    public static bool TryFind(BoundExpression key, out int column, out long fromOffset, out long toOffset)
    {
        (column, fromOffset, toOffset) = (-1, 0, 0);
        if (
            key is not CallExpression { Function.Function.Name: "time_bucket" } call
            || call.Arguments[0] is not ConstantExpression { Value.IsNull: false } width
            || !TryGetNanosMax(width.Value.Interval, out var widthNanos)
        )
        {
            return false;
        }

        var position = call.Arguments[1];
        if (
            position is CallExpression { Function.Function.Name: "-", Arguments: [var shifted, ConstantExpression by] }
            && !by.Value.IsNull
            && by.Value.Interval.TryGetNanos(out var shift)
        )
        {
            (position, fromOffset) = (shifted, shift);
        }

        toOffset = fromOffset + widthNanos - 1;
        column = position is ColumnExpression time ? time.Index : -1;
        return column >= 0;
    }

    /// <summary>A time and an offset, within the range of times.</summary>
    public static long Shift(long nanos, long offset)
    {
        var shifted = (Int128)nanos + offset;
        return shifted < long.MinValue ? long.MinValue
            : shifted > long.MaxValue ? long.MaxValue
            : (long)shifted;
    }

    private static bool HasFixedWidth(BoundExpression key) =>
        ((ConstantExpression)((CallExpression)key).Arguments[0]).Value.Interval.Months == 0;

    private static bool TryGetNanosMax(Interval width, out long nanos)
    {
        if (width.Months == 0)
        {
            return width.TryGetNanos(out nanos) && nanos > 0;
        }

        // No month has more days than 31.
        nanos = 0;
        return width.Months is > 0 and < 1200 && new Interval(0, width.Months * 31, 0).TryGetNanos(out nanos);
    }
}
