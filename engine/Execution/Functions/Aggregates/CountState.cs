using TickStore.Core;

namespace TickStore.Execution;

/// <summary>count(*), and count(x) of the rows in which x is not NULL.</summary>
internal sealed class CountState(EvaluationContext context) : AggregateState
{
    private readonly GroupArray<long> counts = new(context.Pool);

    /// <inheritdoc/>
    public override bool CanRemove => true;

    public override void EnsureGroups(int groupCount) => counts.EnsureCount(groupCount);

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var target = counts.Values;
        if (arguments.IsEmpty || !arguments[0].MayHaveNulls)
        {
            foreach (var group in groups)
            {
                target[group]++;
            }
        }
        else
        {
            var validity = arguments[0].Validity;
            for (var i = 0; i < groups.Length; i++)
            {
                target[groups[i]] += validity[i];
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
        counts.Values[group] += Runs.CountValues(arguments, startRow, rowCount);

    /// <inheritdoc/>
    public override void RemoveRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
        counts.Values[group] -= Runs.CountValues(arguments, startRow, rowCount);

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = ((CountState)other).counts.Values;
        for (var i = 0; i < groups.Length; i++)
        {
            counts.Values[groups[i]] += from[i];
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        foreach (var value in counts.Values.Slice(start, count))
        {
            Results.Append(result, value);
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override void ResetGroup(int group) => counts.Values[group] = default;

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups) => counts.Save(writer, groups);

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups) => counts.Load(reader, groups);

    public override void Reset() => counts.Reset();

    public override void Dispose()
    {
        counts.Dispose();
        base.Dispose();
    }
}
