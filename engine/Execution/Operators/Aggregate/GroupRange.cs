using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Which rows of the input may belong to a group: those with its keys, where keys are columns, and those of its time, where one is a
/// bucket of time. For reading a group's rows back without reading all others.
/// </summary>
internal sealed class GroupRange
{
    private readonly AggregateNode node;

    public GroupRange(AggregateNode node)
    {
        this.node = node;
        for (var i = 0; i < node.Keys.Count && Times is null; i++)
        {
            if (BucketTimes.Of(node.Keys[i]) is { } times && IsNeverNull(node.Keys[i], times))
            {
                (BucketKey, Times) = (i, times);
            }
        }
    }

    /// <summary>The key that is a bucket of time; or -1.</summary>
    public int BucketKey { get; } = -1;

    /// <summary>The times of the bucket; null without one.</summary>
    public BucketTimes? Times { get; }

    /// <summary>The rows of the input that may belong to a group, and perhaps some more.</summary>
    public PlanNode Narrow(IncrementalGroups groups, int place, ISymbolTable symbols)
    {
        var plan = node.Inputs[0];
        for (var i = 0; i < node.Keys.Count; i++)
        {
            if (i == BucketKey)
            {
                var (from, to) = Times!.RangeOf(groups.BucketOf(i, place));
                plan = PlanRange.Narrow(plan, new RangeCondition(Times.Column, from, to));
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

    // A call of a function may always be NULL as far as its binder knows; a bucket of a fixed width is where its time is only.
    private bool IsNeverNull(BoundExpression key, BucketTimes times) =>
        !key.Nullable
        || (key is CallExpression { Function.Grid: null } && !node.Inputs[0].Schema[times.Column].Nullable);
}
