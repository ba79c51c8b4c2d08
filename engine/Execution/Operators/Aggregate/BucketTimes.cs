using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which event times a group key holds that is a bucket of time: of time_bucket over a column, or over a column less a fixed time, or of a
/// calendar's bars.
/// </summary>
internal sealed class BucketTimes
{
    /// <summary>How far from a calendar's bar further runs of it are looked for.</summary>
    public const long ReachNanos = 62 * Interval.NanosPerDay;

    /// <summary>What a calendar is asked for lies between this, in the year 1700, and 2250.</summary>
    public const long GridTimeMin = long.MinValue + (23L * 366 * Interval.NanosPerDay);

    // How many bars of others are passed on the way to further runs.
    private const int OtherBarsMax = 16;
    private const long GridTimeMax = long.MaxValue - (12L * 366 * Interval.NanosPerDay);

    private readonly CalendarGrid? grid;
    private readonly long fromOffset;
    private readonly long toOffset;

    private BucketTimes(int column, long fromOffset, long toOffset, bool isFixed, CalendarGrid? grid)
    {
        Column = column;
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
        this.grid = grid;
        HasRuns = isFixed || grid is not null;
    }

    /// <summary>The column that the bucket is of.</summary>
    public int Column { get; }

    /// <summary>The calendar's bars that the buckets are; null for those of a width.</summary>
    public CalendarGrid? Grid => grid;

    /// <summary>True where <see cref="RunOf"/> can tell which times around one are in the same bucket.</summary>
    public bool HasRuns { get; }

    /// <summary>The times of a key, or null where it is no bucket whose ends are known.</summary>
    public static BucketTimes? Of(BoundExpression key)
    {
        if (key is not CallExpression call)
        {
            return null;
        }

        if (call.Function.Grid is { } grid)
        {
            return call.Arguments[0] is ColumnExpression time ? new BucketTimes(time.Index, 0, 0, false, grid) : null;
        }

        if (
            call.Function.Function.Name != "time_bucket"
            || call.Arguments[0] is not ConstantExpression { Value: { IsNull: false, Interval: var width } }
            || !TryGetNanosMax(width, out var widthNanos)
        )
        {
            return null;
        }

        var (position, shift) = (call.Arguments[1], 0L);
        if (
            position is CallExpression { Function.Function.Name: "-", Arguments: [var shifted, ConstantExpression by] }
            && !by.Value.IsNull
            && by.Value.Interval.TryGetNanos(out shift)
        )
        {
            position = shifted;
        }

        return position is ColumnExpression column
            ? new BucketTimes(column.Index, shift, shift + widthNanos - 1, width.Months == 0, null)
            : null;
    }

    /// <summary>First and last time that the bucket may hold.</summary>
    public (long From, long To) RangeOf(long bucket)
    {
        if (grid is null)
        {
            return (Shift(bucket, fromOffset), Shift(bucket, toOffset));
        }

        var bar = grid.Find(bucket);
        if (!bar.IsBar || bar.OpenNanos != bucket)
        {
            // Of a bar that is closed on the right the very start is not in it.
            bar = grid.Find(bucket + 1);
        }

        var (from, until) = (bar.FromNanos, bar.UntilNanos);
        var others = 0;
        for (var at = from; others < OtherBarsMax && bucket - at < ReachNanos; )
        {
            var run = grid.Find(at - 1);
            others += run.IsBar && run.OpenNanos != bucket ? 1 : 0;
            at = Math.Min(at - 1, run.FromNanos);
            from = run.IsBar && run.OpenNanos == bucket ? at : from;
        }

        others = 0;
        for (var at = until; others < OtherBarsMax && at - bar.CloseNanos < ReachNanos; )
        {
            var run = grid.Find(at);
            others += run.IsBar && run.OpenNanos != bucket ? 1 : 0;
            at = Math.Max(at + 1, run.UntilNanos);
            until = run.IsBar && run.OpenNanos == bucket ? at : until;
        }

        return (from, until - 1);
    }

    /// <summary>First and last time that buckets from one to another may hold, both included, and which need not be buckets.</summary>
    public (long From, long To) SpanOf(long fromBucket, long toBucket)
    {
        if (grid is null)
        {
            return (Shift(fromBucket, fromOffset), Shift(toBucket, toOffset));
        }

        // Rows before the first bar's opening and behind the last one's may belong to them: as for one bar, some others are passed.
        var from = fromBucket;
        var others = 0;
        for (var at = from; at > GridTimeMin && others < OtherBarsMax && fromBucket - at < ReachNanos; )
        {
            var run = grid.Find(at - 1);
            var isWanted = run.IsBar && run.OpenNanos >= fromBucket;
            others += run.IsBar && !isWanted ? 1 : 0;
            at = Math.Min(at - 1, run.FromNanos);
            from = isWanted ? at : from;
        }

        var last = toBucket < GridTimeMax ? grid.Find(toBucket) : default;
        var end = last.IsBar && last.OpenNanos <= toBucket ? Math.Max(toBucket, last.CloseNanos) : toBucket;
        var until = end;
        others = 0;
        for (var at = end; at < GridTimeMax && others < OtherBarsMax && at - end < ReachNanos; )
        {
            var run = grid.Find(at);
            var isWanted = run.IsBar && run.OpenNanos <= toBucket;
            others += run.IsBar && !isWanted ? 1 : 0;
            at = Math.Max(at + 1, run.UntilNanos);
            (until, end) = isWanted ? (at, Math.Max(end, run.CloseNanos)) : (until, end);
        }

        return (from, Math.Max(until - 1, toBucket));
    }

    /// <summary>A run of times around one of the bucket's, all of which are in the bucket: the first, and how many.</summary>
    public (long From, ulong Count) RunOf(long bucket, long time)
    {
        if (grid is null)
        {
            return (bucket + fromOffset, (ulong)(toOffset - fromOffset) + 1);
        }

        var bar = grid.Find(time);
        return (bar.FromNanos, (ulong)(bar.UntilNanos - bar.FromNanos));
    }

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

    private static long Shift(long nanos, long offset)
    {
        var shifted = (Int128)nanos + offset;
        return shifted < long.MinValue ? long.MinValue
            : shifted > long.MaxValue ? long.MaxValue
            : (long)shifted;
    }
}
