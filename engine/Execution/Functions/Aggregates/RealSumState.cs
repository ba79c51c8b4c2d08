using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// sum and avg of DOUBLE over <see cref="ExactSums"/>. An average is the rounded sum divided by the count: two roundings,
/// neither of which knows the order of the rows.
/// </summary>
internal sealed class RealSumState(bool isAverage, EvaluationContext context) : AggregateState
{
    private readonly ExactSums sums = new(context.Pool);
    private readonly GroupArray<long> counts = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        sums.EnsureGroups(groupCount);
        counts.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<double>();
        var validity = arguments[0].Validity;
        for (var i = 0; i < groups.Length; i++)
        {
            if (validity.IsEmpty || validity[i] != 0)
            {
                sums.Add(groups[i], values[i]);
                counts.Values[groups[i]]++;
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<double>().Slice(startRow, rowCount);
        if (!Runs.HasNulls(arguments, startRow, rowCount))
        {
            sums.AddRun(group, values);
            counts.Values[group] += rowCount;
            return;
        }

        for (var i = 0; i < rowCount; i++)
        {
            if (!arguments[0].IsNull(startRow + i))
            {
                sums.Add(group, values[i]);
                counts.Values[group]++;
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (RealSumState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            sums.Merge(groups[i], from.sums, i);
            counts.Values[groups[i]] += from.counts.Values[i];
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            var rows = counts.Values[group];
            if (rows == 0)
            {
                result.AppendNull();
            }
            else
            {
                var sum = sums.Sum(group);
                Results.Append(result, isAverage ? sum / rows : sum);
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (arguments[0].IsNull(row))
        {
            return true;
        }

        var value = arguments[0].Values<double>()[row];
        if (!double.IsFinite(value))
        {
            return false;
        }

        sums.Add(group, -value);
        counts.Values[group]--;
        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        sums.ResetGroup(group);
        counts.Values[group] = default;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        sums.Save(writer, groups);
        counts.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        sums.Load(reader, groups);
        counts.Load(reader, groups);
    }

    public override void Reset()
    {
        sums.Reset();
        counts.Reset();
    }

    public override void Dispose()
    {
        sums.Dispose();
        counts.Dispose();
        base.Dispose();
    }
}
