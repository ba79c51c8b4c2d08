using TickStore.Core;

namespace TickStore.Execution;

/// <summary>bool_and and bool_or over the rows that are not NULL.</summary>
internal sealed class BooleanState(bool isAnd, EvaluationContext context) : AggregateState
{
    private readonly GroupArray<Counts> seen = new(context.Pool);

    /// <inheritdoc/>
    public override bool CanRemove => true;

    public override void EnsureGroups(int groupCount) => seen.EnsureCount(groupCount);

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<byte>();
        for (var i = 0; i < groups.Length; i++)
        {
            if (!arguments[0].IsNull(i))
            {
                seen.Values[groups[i]].Add(values[i], 1);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
        Count(arguments[0], startRow, rowCount, group, 1);

    /// <inheritdoc/>
    public override void RemoveRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
        Count(arguments[0], startRow, rowCount, group, -1);

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = ((BooleanState)other).seen.Values;
        for (var i = 0; i < groups.Length; i++)
        {
            seen.Values[groups[i]].True += from[i].True;
            seen.Values[groups[i]].False += from[i].False;
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        foreach (var value in seen.Values.Slice(start, count))
        {
            if (value is { True: 0, False: 0 })
            {
                result.AppendNull();
            }
            else
            {
                var holds = isAnd ? value.False == 0 : value.True != 0;
                Results.Append(result, holds ? (byte)1 : (byte)0);
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override void ResetGroup(int group) => seen.Values[group] = default;

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups) => seen.Save(writer, groups);

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups) => seen.Load(reader, groups);

    public override void Reset() => seen.Reset();

    public override void Dispose()
    {
        seen.Dispose();
        base.Dispose();
    }

    private void Count(ColumnVector column, int startRow, int rowCount, int group, int step)
    {
        var values = column.Values<byte>();
        for (var i = startRow; i < startRow + rowCount; i++)
        {
            if (!column.IsNull(i))
            {
                seen.Values[group].Add(values[i], step);
            }
        }
    }

    private struct Counts
    {
        public long True;
        public long False;

        public void Add(byte value, int step)
        {
            True += value != 0 ? step : 0;
            False += value != 0 ? 0 : step;
        }
    }
}
