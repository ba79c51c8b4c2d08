using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// sum and avg of integers and DECIMAL: exact in 128 bits. A sum that does not fit the result's type is an error when it is
/// read, not on the way; 128 bits hold more than 10^19 of the largest values.
/// </summary>
internal sealed class IntegerSumState<T>(bool isAverage, int scale, EvaluationContext context) : AggregateState
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly GroupArray<Int128> sums = new(context.Pool);
    private readonly GroupArray<long> counts = new(context.Pool);

    /// <inheritdoc/>
    public override bool CanRemove => true;

    public override void EnsureGroups(int groupCount)
    {
        sums.EnsureCount(groupCount);
        counts.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<T>();
        var validity = arguments[0].Validity;
        var (sum, count) = (sums, counts);
        for (var i = 0; i < groups.Length; i++)
        {
            if (validity.IsEmpty || validity[i] != 0)
            {
                sum.Values[groups[i]] += long.CreateTruncating(values[i]);
                count.Values[groups[i]]++;
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<T>().Slice(startRow, rowCount);
        if (Runs.HasNulls(arguments, startRow, rowCount))
        {
            for (var i = 0; i < rowCount; i++)
            {
                if (!arguments[0].IsNull(startRow + i))
                {
                    sums.Values[group] += long.CreateTruncating(values[i]);
                    counts.Values[group]++;
                }
            }

            return;
        }

        counts.Values[group] += rowCount;
        sums.Values[group] += Sum(values);
    }

    /// <inheritdoc/>
    public override void RemoveRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<T>().Slice(startRow, rowCount);
        for (var i = 0; i < rowCount; i++)
        {
            if (!arguments[0].IsNull(startRow + i))
            {
                sums.Values[group] -= long.CreateTruncating(values[i]);
                counts.Values[group]--;
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (IntegerSumState<T>)other;
        for (var i = 0; i < groups.Length; i++)
        {
            sums.Values[groups[i]] += from.sums.Values[i];
            counts.Values[groups[i]] += from.counts.Values[i];
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            if (counts.Values[group] == 0)
            {
                result.AppendNull();
            }
            else if (isAverage)
            {
                var divisor = (Int128)DecimalText.PowerOfTen(scale) * counts.Values[group];
                Results.Append(result, ExactRatio.Divide(sums.Values[group], divisor));
            }
            else
            {
                Results.Append(result, sums.Values[group], "A sum");
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        sums.Values[group] = default;
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

    private static Int128 Sum(ReadOnlySpan<T> values)
    {
        if (typeof(T) == typeof(long))
        {
            return RunKernels.Sum(System.Runtime.InteropServices.MemoryMarshal.Cast<T, long>(values));
        }

        if (typeof(T) == typeof(int))
        {
            return RunKernels.Sum(System.Runtime.InteropServices.MemoryMarshal.Cast<T, int>(values));
        }

        var total = 0L;
        foreach (var value in values)
        {
            total += long.CreateTruncating(value);
        }

        return total;
    }
}
