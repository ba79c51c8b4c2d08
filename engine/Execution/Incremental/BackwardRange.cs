using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The plans whose rows can be made from the newest to the oldest: groups by a bucket of a table's event time, under filters and
/// projections. A bucket's rows depend on the table's rows of that bucket and on nothing else, so by law 2 any range of buckets is what
/// the plan yields over the rows of their times. Folds over time, joins and groups without a bucket have no such ranges.
/// </summary>
public sealed class BackwardRange
{
    // How many runs of a calendar are passed until it is certain that no earlier one belongs to a bar that is open.
    private const int RunsPassed = 64;

    private readonly KeyedPlan plan;
    private readonly AggregateNode aggregate;
    private readonly BoundExpression key;
    private readonly BucketTimes times;

    private BackwardRange(KeyedPlan plan, AggregateNode aggregate, GroupRange groups, string table)
    {
        this.plan = plan;
        this.aggregate = aggregate;
        key = aggregate.Keys[groups.BucketKey];
        times = groups.Times!;
        BucketColumn = plan.KeyColumns[groups.BucketKey];
        Table = table;
    }

    /// <summary>The plan's column that holds the bucket: a TIMESTAMP that is never NULL.</summary>
    public int BucketColumn { get; }

    /// <summary>The table that is read.</summary>
    public string Table { get; }

    /// <summary>Finds the ranges of a plan; null, with the reason, where it has none.</summary>
    public static BackwardRange? TryFind(KeyedPlan plan, out string reason)
    {
        var node = plan.Plan;
        while (node is ProjectNode || (node is FilterNode filter && TopPerKey.Of(filter) is null))
        {
            node = node.Inputs[0];
        }

        reason = "it needs groups by a bucket of event time (SAMPLE BY, or time_bucket in GROUP BY)";
        if (node is not AggregateNode aggregate)
        {
            return null;
        }

        var groups = new GroupRange(aggregate);
        if (groups.BucketKey < 0)
        {
            return null;
        }

        var column = groups.Times!.Column;
        node = aggregate.Inputs[0];
        while (node is ProjectNode or FilterNode)
        {
            if (node is ProjectNode project)
            {
                if (WatermarkSplit.IsFlags(project))
                {
                    reason = "what its groups are made of depends on the watermark";
                    return null;
                }

                if (project.Expressions[column] is not ColumnExpression below)
                {
                    return null;
                }

                column = below.Index;
            }

            node = node.Inputs[0];
        }

        if (node is not ScanNode scan)
        {
            reason = "its groups must be made of one table, and not of a view, a join or a union";
            return null;
        }

        var schema = scan.Source.Schema;
        if (scan.Request.Columns[column] != schema.TimeIndex)
        {
            reason = $"its buckets must be of the event time of {schema.Name}";
            return null;
        }

        return new BackwardRange(plan, aggregate, groups, schema.Name);
    }

    /// <summary>The rows of the plan whose buckets lie from one time to another, both included.</summary>
    public PlanNode Narrow(long fromBucket, long toBucket) =>
        PlanRange.Narrow(plan.Plan, new RangeCondition(BucketColumn, fromBucket, toBucket));

    /// <summary>The row of the plan that has the key of a row.</summary>
    /// <param name="rows">Rows of the plan; only key columns are looked at.</param>
    /// <param name="row">Which one.</param>
    /// <param name="symbols">What ids of SYMBOL columns mean.</param>
    public PlanNode NarrowToKey(Batch rows, int row, ISymbolTable symbols)
    {
        var conditions = new RangeCondition[plan.KeyColumns.Count];
        for (var i = 0; i < conditions.Length; i++)
        {
            var column = plan.KeyColumns[i];
            conditions[i] = RangeCondition.Equal(column, rows[column], row, symbols);
        }

        return PlanRange.Narrow(plan.Plan, conditions);
    }

    /// <summary>First and last event time that buckets from one to another may hold, in nanoseconds.</summary>
    public (long From, long To) TimesOf(long fromBucket, long toBucket) => times.SpanOf(fromBucket, toBucket);

    /// <summary>
    /// Where a view may begin: with all rows from a time on it has every row of the buckets after <c>LastBucket</c>, and all buckets up to
    /// that one are over at the watermark.
    /// </summary>
    /// <param name="watermarkNanos">How far event time has come.</param>
    /// <param name="context">For the bucket's expression.</param>
    /// <returns>Null where nothing lies before.</returns>
    public (long FromNanos, long LastBucket)? StartOf(long watermarkNanos, EvaluationContext context)
    {
        if (watermarkNanos == long.MinValue)
        {
            return null;
        }

        if (times.Grid is { } grid)
        {
            return StartOf(grid, watermarkNanos);
        }

        if (BucketAt(watermarkNanos, context) is not { } open)
        {
            return null;
        }

        var from = times.RangeOf(open).From;
        return from > long.MinValue && BucketAt(from - 1, context) is { } last && last < open ? (from, last) : null;
    }

    // Bars of a calendar may have rows of before their opening, and of behind the opening of the next ones: runs are passed, from the
    // watermark backwards, until none of a bar that may be open was among many.
    private static (long FromNanos, long LastBucket)? StartOf(CalendarGrid grid, long watermarkNanos)
    {
        var at = grid.Find(watermarkNanos);
        var (from, open) = (at.FromNanos, at.IsBar ? at.OpenNanos : watermarkNanos);
        var last = long.MinValue;
        var passed = 0;
        for (var time = from; passed < RunsPassed; )
        {
            if (time <= BucketTimes.GridTimeMin || (passed > 0 && from - time > BucketTimes.ReachNanos))
            {
                break;
            }

            var run = grid.Find(time - 1);
            time = Math.Min(time - 1, run.FromNanos);
            if (!run.IsBar)
            {
                continue;
            }

            if (run.OpenNanos >= open || run.CloseNanos >= watermarkNanos)
            {
                (from, open) = (time, Math.Min(open, run.OpenNanos));
                (last, passed) = (long.MinValue, 0);
                continue;
            }

            last = Math.Max(last, run.OpenNanos);
            passed++;
        }

        return last == long.MinValue ? null : (from, last);
    }

    private long? BucketAt(long nanos, EvaluationContext context)
    {
        using var row = Batch.Allocate(aggregate.Inputs[0].Schema, 1, context.Pool);
        for (var i = 0; i < row.ColumnCount; i++)
        {
            if (i == times.Column)
            {
                row[i].Writable<long>()[0] = nanos;
                row[i].SetRowCount(1);
            }
            else
            {
                row[i].AppendNull();
            }
        }

        row.SetRowCount(1);
        using var keys = new ExpressionSet([key], context);
        var bucket = keys.Evaluate(row)[0];
        return bucket.IsNull(0) ? null : bucket.Values<long>()[0];
    }
}
