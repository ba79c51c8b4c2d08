using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// median and quantile_cont: exact, over all values, which are kept (8 bytes a row, and 4 for its group) within the query's
/// budget. Between two values it interpolates, as PostgreSQL's percentile_cont. NaN is the greatest value.
/// </summary>
internal sealed class QuantileState(bool isMedian, EvaluationContext context) : AggregateState
{
    private readonly GroupArray<double> values = new(context.Pool);
    private readonly GroupArray<int> groupOfValue = new(context.Pool);

    // The values in the order of their groups, and where each group begins; made when results are first asked for.
    private readonly GroupArray<double> ordered = new(context.Pool);
    private readonly GroupArray<int> starts = new(context.Pool);
    private readonly GroupArray<double> fractions = new(context.Pool);
    private bool isOrdered;
    private int groupCount;

    public override void EnsureGroups(int groupCount)
    {
        this.groupCount = Math.Max(this.groupCount, groupCount);
        fractions.EnsureCount(groupCount);
        isOrdered = false;
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            Add(arguments, i, groups[i]);
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        for (var i = startRow; i < startRow + rowCount; i++)
        {
            Add(arguments, i, group);
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (QuantileState)other;
        isOrdered = false;
        var start = values.Count;
        values.EnsureCount(start + from.values.Count);
        groupOfValue.EnsureCount(start + from.values.Count);
        from.values.Values.CopyTo(values.Values[start..]);
        for (var i = 0; i < from.groupOfValue.Count; i++)
        {
            groupOfValue.Values[start + i] = groups[from.groupOfValue.Values[i]];
        }

        for (var i = 0; i < groups.Length; i++)
        {
            fractions.Values[groups[i]] = Math.Max(fractions.Values[groups[i]], from.fractions.Values[i]);
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        if (!isOrdered)
        {
            Order();
        }

        for (var group = start; group < start + count; group++)
        {
            var members = ordered.Values[starts.Values[group]..starts.Values[group + 1]];
            if (members.IsEmpty)
            {
                result.AppendNull();
            }
            else
            {
                Results.Append(result, Interpolate(members, isMedian ? 0.5 : fractions.Values[group]));
            }
        }
    }

    public override void Reset()
    {
        values.Reset();
        groupOfValue.Reset();
        ordered.Reset();
        starts.Reset();
        fractions.Reset();
        groupCount = 0;
        isOrdered = false;
    }

    public override void Dispose()
    {
        values.Dispose();
        groupOfValue.Dispose();
        ordered.Dispose();
        starts.Dispose();
        fractions.Dispose();
        base.Dispose();
    }

    private static double Interpolate(Span<double> members, double fraction)
    {
        var position = fraction * (members.Length - 1);
        var below = (int)position;
        var share = position - below;
        return share == 0 ? members[below] : members[below] + ((members[below + 1] - members[below]) * share);
    }

    private void Add(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (Rows.AnyNull(arguments, row))
        {
            return;
        }

        if (!isMedian)
        {
            var fraction = arguments[1].Values<double>()[row];
            if (!(fraction >= 0 && fraction <= 1))
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"quantile_cont(..., {fraction:R}): the fraction must be 0 to 1"
                );
            }

            // The same for every row as a rule; where it is not, the greatest counts, whatever the order.
            fractions.Values[group] = Math.Max(fractions.Values[group], fraction);
        }

        isOrdered = false;
        var at = values.Count;
        values.EnsureCount(at + 1);
        groupOfValue.EnsureCount(at + 1);
        values.Values[at] = arguments[0].Values<double>()[row];
        groupOfValue.Values[at] = group;
    }

    // A counting sort by group, then each group by value.
    private void Order()
    {
        starts.Reset();
        starts.EnsureCount(groupCount + 2);
        ordered.Reset();
        ordered.EnsureCount(values.Count);
        var next = starts.Values;
        foreach (var group in groupOfValue.Values)
        {
            next[group + 2]++;
        }

        for (var group = 1; group < next.Length; group++)
        {
            next[group] += next[group - 1];
        }

        for (var i = 0; i < values.Count; i++)
        {
            ordered.Values[next[groupOfValue.Values[i] + 1]++] = values.Values[i];
        }

        for (var group = 0; group < groupCount; group++)
        {
            ordered
                .Values[next[group]..next[group + 1]]
                .Sort(
                    static (a, b) =>
                        a.Equals(b) ? 0
                        : LessKernel.Invoke(a, b) ? -1
                        : 1
                );
        }

        isOrdered = true;
    }
}
