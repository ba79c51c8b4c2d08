using System.Numerics;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>min or max of a type that lies in memory as a number. NaN is the greatest; of -0 and 0, -0 is the lesser.</summary>
internal sealed class ExtremeState<T>(bool isMax, EvaluationContext context) : AggregateState
    where T : unmanaged, INumber<T>
{
    private readonly GroupArray<T> extremes = new(context.Pool);
    private readonly GroupArray<byte> seen = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        extremes.EnsureCount(groupCount);
        seen.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<T>();
        var validity = arguments[0].Validity;
        for (var i = 0; i < groups.Length; i++)
        {
            if (validity.IsEmpty || validity[i] != 0)
            {
                Add(groups[i], values[i]);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<T>().Slice(startRow, rowCount);
        if (!Runs.HasNulls(arguments, startRow, rowCount))
        {
            if (rowCount > 0)
            {
                Add(group, isMax ? RunKernels.Maximum(values) : RunKernels.Minimum(values));
            }

            return;
        }

        for (var i = 0; i < rowCount; i++)
        {
            if (!arguments[0].IsNull(startRow + i))
            {
                Add(group, values[i]);
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (ExtremeState<T>)other;
        for (var i = 0; i < groups.Length; i++)
        {
            if (from.seen.Values[i] != 0)
            {
                Add(groups[i], from.extremes.Values[i]);
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
                Results.Append(result, extremes.Values[group]);
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group) =>
        arguments[0].IsNull(row) || !RunKernels.Canonical(arguments[0].Values<T>()[row]).Equals(extremes.Values[group]);

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
            // What is as great as the old value, or greater, makes it forgotten.
            if (arguments[0].IsNull(row) || !Dominates(arguments[0].Values<T>()[row], extremes.Values[group]))
            {
                return false;
            }
        }

        UpdateRun(arguments, row, 1, group);
        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        extremes.Values[group] = default;
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

    // To the bit, for -0 is less than 0 here but equals it.
    private bool Dominates(T value, T extreme)
    {
        var canonical = RunKernels.Canonical(value);
        var winner = isMax ? RunKernels.Maximum(extreme, canonical) : RunKernels.Minimum(extreme, canonical);
        return MemoryMarshal
            .AsBytes(new ReadOnlySpan<T>(in winner))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in canonical)));
    }

    private void Add(int group, T value)
    {
        ref var extreme = ref extremes.Values[group];
        ref var isSeen = ref seen.Values[group];
        extreme =
            isSeen == 0 ? RunKernels.Canonical(value)
            : isMax ? RunKernels.Maximum(extreme, value)
            : RunKernels.Minimum(extreme, value);
        isSeen = 1;
    }
}
