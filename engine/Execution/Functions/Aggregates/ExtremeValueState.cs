using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// min or max of VARCHAR and SYMBOL (by their UTF-8 bytes) and INTERVAL. Of intervals that compare equal, such as 1 month and
/// 30 days, the one with more months (then more days) is given, so that the result does not depend on the order.
/// </summary>
internal sealed class ExtremeValueState(DataType type, bool isMax, EvaluationContext context) : AggregateState
{
    private readonly GroupValues extremes = new(type, context.Pool);
    private readonly GroupArray<byte> seen = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        extremes.EnsureGroups(groupCount);
        seen.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            Add(arguments[0], i, groups[i]);
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        for (var i = startRow; i < startRow + rowCount; i++)
        {
            Add(arguments[0], i, group);
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (ExtremeValueState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            if (from.seen.Values[i] == 0)
            {
                continue;
            }

            if (seen.Values[group] == 0 || IsBeyond(Compare(from.extremes, i, group)))
            {
                extremes.Set(group, from.extremes, i);
                seen.Values[group] = 1;
            }
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            if (seen.Values[group] == 0)
            {
                result.AppendNull();
            }
            else
            {
                extremes.Append(group, result);
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group) =>
        arguments[0].IsNull(row) || Compare(arguments[0], row, group) != 0;

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        extremes.ResetGroup(group);
        seen.Values[group] = default;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        extremes.Save(writer, groups);
        seen.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        extremes.Load(reader, groups);
        seen.Load(reader, groups);
    }

    public override void Reset()
    {
        extremes.Reset();
        seen.Reset();
    }

    public override void Dispose()
    {
        extremes.Dispose();
        seen.Dispose();
        base.Dispose();
    }

    private static int Compare(Interval left, Interval right)
    {
        var order = left.CompareTo(right);
        return order != 0 ? order
            : left.Months != right.Months ? left.Months.CompareTo(right.Months)
            : left.Days.CompareTo(right.Days);
    }

    private bool IsBeyond(int order) => isMax ? order > 0 : order < 0;

    private void Add(ColumnVector values, int row, int group)
    {
        if (!values.IsNull(row) && (seen.Values[group] == 0 || IsBeyond(Compare(values, row, group))))
        {
            extremes.Set(group, values, row);
            seen.Values[group] = 1;
        }
    }

    private int Compare(ColumnVector values, int row, int group) =>
        type.Kind switch
        {
            TypeKind.Varchar => values.Utf8(row).SequenceCompareTo(extremes.Text(group)),
            TypeKind.Symbol => CompareSymbols(values.Values<int>()[row], extremes.SymbolId(group)),
            _ => Compare(values.Values<Interval>()[row], extremes.Interval(group)),
        };

    private int Compare(GroupValues values, int valueGroup, int group) =>
        type.Kind switch
        {
            TypeKind.Varchar => values.Text(valueGroup).SequenceCompareTo(extremes.Text(group)),
            TypeKind.Symbol => CompareSymbols(values.SymbolId(valueGroup), extremes.SymbolId(group)),
            _ => Compare(values.Interval(valueGroup), extremes.Interval(group)),
        };

    private int CompareSymbols(int left, int right) =>
        left == right ? 0 : context.Symbols.Utf8(left).SequenceCompareTo(context.Symbols.Utf8(right));
}
