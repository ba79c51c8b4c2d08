using TickStore.Core;

namespace TickStore.Execution;

/// <summary>bool_and and bool_or over the rows that are not NULL.</summary>
internal sealed class BooleanState(bool isAnd, EvaluationContext context) : AggregateState
{
    private const byte SawFalse = 1;
    private const byte SawTrue = 2;

    private readonly GroupArray<byte> seen = new(context.Pool);

    public override void EnsureGroups(int groupCount) => seen.EnsureCount(groupCount);

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<byte>();
        for (var i = 0; i < groups.Length; i++)
        {
            if (!arguments[0].IsNull(i))
            {
                seen.Values[groups[i]] |= values[i] != 0 ? SawTrue : SawFalse;
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<byte>();
        for (var i = startRow; i < startRow + rowCount; i++)
        {
            if (!arguments[0].IsNull(i))
            {
                seen.Values[group] |= values[i] != 0 ? SawTrue : SawFalse;
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = ((BooleanState)other).seen.Values;
        for (var i = 0; i < groups.Length; i++)
        {
            seen.Values[groups[i]] |= from[i];
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        foreach (var value in seen.Values.Slice(start, count))
        {
            if (value == 0)
            {
                result.AppendNull();
            }
            else
            {
                var holds = isAnd ? (value & SawFalse) == 0 : (value & SawTrue) != 0;
                Results.Append(result, holds ? (byte)1 : (byte)0);
            }
        }
    }

    public override void Reset() => seen.Reset();

    public override void Dispose()
    {
        seen.Dispose();
        base.Dispose();
    }
}
