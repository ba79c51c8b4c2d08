using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// arg_min and arg_max: the value of x in the row with the least or greatest y; among equal ones the row that comes first by
/// (event time, sequence). Rows where x or y is NULL do not count. NaN is the greatest y.
/// </summary>
internal sealed class ArgExtremeState<T>(DataType type, bool isMax, EvaluationContext context) : AggregateState
    where T : unmanaged, IComparable<T>, IEquatable<T>
{
    private readonly GroupValues values = new(type, context.Pool);
    private readonly GroupArray<T> extremes = new(context.Pool);
    private readonly GroupArray<OrderKey> keys = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        values.EnsureGroups(groupCount);
        extremes.EnsureCount(groupCount);
        keys.EnsureCount(groupCount);
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
        var from = (ArgExtremeState<T>)other;
        for (var i = 0; i < groups.Length; i++)
        {
            var key = from.keys.Values[i];
            if (key.IsSet && IsBetter(groups[i], from.extremes.Values[i], key.Time, key.Sequence))
            {
                keys.Values[groups[i]] = key;
                extremes.Values[groups[i]] = from.extremes.Values[i];
                values.Set(groups[i], from.values, i);
            }
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            if (keys.Values[group].IsSet)
            {
                values.Append(group, result);
            }
            else
            {
                result.AppendNull();
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group) =>
        Rows.AnyNull(arguments, row) || !keys.Values[group].IsAt(arguments[2], arguments[3], row);

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        values.ResetGroup(group);
        extremes.Values[group] = default;
        keys.Values[group] = default;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        values.Save(writer, groups);
        extremes.Save(writer, groups);
        keys.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        values.Load(reader, groups);
        extremes.Load(reader, groups);
        keys.Load(reader, groups);
    }

    public override void Reset()
    {
        values.Reset();
        extremes.Reset();
        keys.Reset();
    }

    public override void Dispose()
    {
        values.Dispose();
        extremes.Dispose();
        keys.Dispose();
        base.Dispose();
    }

    private bool IsBetter(int group, T value, long time, long sequence)
    {
        var extreme = extremes.Values[group];
        return !keys.Values[group].IsSet
            || (isMax ? LessKernel.Invoke(extreme, value) : LessKernel.Invoke(value, extreme))
            || (value.Equals(extreme) && keys.Values[group].IsBeaten(time, sequence, byLater: false));
    }

    private void Add(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        var value = arguments[1].Values<T>()[row];
        var (time, sequence) = (arguments[2].Values<long>()[row], arguments[3].Values<long>()[row]);
        if (!Rows.AnyNull(arguments, row) && IsBetter(group, value, time, sequence))
        {
            keys.Values[group] = new OrderKey(time, sequence, IsSet: true);
            extremes.Values[group] = value;
            values.Set(group, arguments[0], row);
        }
    }
}
