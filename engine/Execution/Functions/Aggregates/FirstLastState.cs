using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// first and last: the value that is not NULL with the least or greatest (event time, sequence), whatever the order in which
/// rows arrive. The order arguments are a TIMESTAMP (or another 64-bit number) and a BIGINT.
/// </summary>
internal sealed class FirstLastState(DataType type, bool isLast, EvaluationContext context) : AggregateState
{
    private readonly GroupValues values = new(type, context.Pool);
    private readonly GroupArray<OrderKey> keys = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        values.EnsureGroups(groupCount);
        keys.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var times = arguments[1].Values<long>();
        var sequences = arguments[2].Values<long>();
        var hasNulls = Runs.MayHaveNulls(arguments);
        for (var i = 0; i < groups.Length; i++)
        {
            ref var key = ref keys.Values[groups[i]];
            if (key.IsBeaten(times[i], sequences[i], isLast) && !(hasNulls && Rows.AnyNull(arguments, i)))
            {
                key = new OrderKey(times[i], sequences[i], IsSet: true);
                values.Set(groups[i], arguments[0], i);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var times = arguments[1].Values<long>().Slice(startRow, rowCount);
        var sequences = arguments[2].Values<long>().Slice(startRow, rowCount);
        var hasNulls = Runs.HasNulls(arguments, startRow, rowCount);
        var best = -1;
        var key = keys.Values[group];
        for (var i = 0; i < times.Length; i++)
        {
            if (key.IsBeaten(times[i], sequences[i], isLast) && !(hasNulls && Rows.AnyNull(arguments, startRow + i)))
            {
                key = new OrderKey(times[i], sequences[i], IsSet: true);
                best = i;
            }
        }

        if (best >= 0)
        {
            keys.Values[group] = key;
            values.Set(group, arguments[0], startRow + best);
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (FirstLastState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            var key = from.keys.Values[i];
            if (key.IsSet && keys.Values[groups[i]].IsBeaten(key.Time, key.Sequence, isLast))
            {
                keys.Values[groups[i]] = key;
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
        Rows.AnyNull(arguments, row) || !keys.Values[group].IsAt(arguments[1], arguments[2], row);

    /// <inheritdoc/>
    public override bool TryReplace(
        ReadOnlySpan<ColumnVector> oldArguments,
        int oldRow,
        ReadOnlySpan<ColumnVector> arguments,
        int row,
        int group
    )
    {
        if (!TryRemove(oldArguments, oldRow, group))
        {
            // The row that stood first still does where its time has not changed, or moved outwards.
            var key = keys.Values[group];
            var (time, sequence) = (arguments[1].Values<long>()[row], arguments[2].Values<long>()[row]);
            if (
                Rows.AnyNull(arguments, row)
                || !(key.IsAt(arguments[1], arguments[2], row) || key.IsBeaten(time, sequence, isLast))
            )
            {
                return false;
            }

            keys.Values[group] = new OrderKey(time, sequence, IsSet: true);
            values.Set(group, arguments[0], row);
            return true;
        }

        UpdateRun(arguments, row, 1, group);
        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        values.ResetGroup(group);
        keys.Values[group] = default;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        values.Save(writer, groups);
        keys.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        values.Load(reader, groups);
        keys.Load(reader, groups);
    }

    public override void Reset()
    {
        values.Reset();
        keys.Reset();
    }

    public override void Dispose()
    {
        values.Dispose();
        keys.Dispose();
        base.Dispose();
    }
}

/// <summary>Where a row stands in time: by event time, then by sequence.</summary>
internal readonly record struct OrderKey(long Time, long Sequence, bool IsSet)
{
    /// <summary>True where that time and sequence are later (or, for the first, earlier), or nothing was seen yet.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public bool IsBeaten(long time, long sequence, bool byLater) =>
        !IsSet
        || (
            time == Time ? (byLater ? sequence > Sequence : sequence < Sequence)
            : byLater ? time > Time
            : time < Time
        );

    /// <summary>True where a row has this time and this sequence.</summary>
    public bool IsAt(ColumnVector times, ColumnVector sequences, int row) =>
        IsSet && times.Values<long>()[row] == Time && sequences.Values<long>()[row] == Sequence;
}
