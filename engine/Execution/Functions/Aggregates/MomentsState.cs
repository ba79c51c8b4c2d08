using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What is computed from the exact sums of x, y, x², y² and xy.</summary>
internal enum Moment
{
    /// <summary>Sum of squared distances from the mean, by n - 1.</summary>
    SampleVariance,

    /// <summary>Sum of squared distances from the mean, by n.</summary>
    PopulationVariance,

    /// <summary>Square root of the sample variance.</summary>
    SampleDeviation,

    /// <summary>Square root of the population variance.</summary>
    PopulationDeviation,

    /// <summary>Covariance by n - 1.</summary>
    SampleCovariance,

    /// <summary>Covariance by n.</summary>
    PopulationCovariance,

    /// <summary>Correlation, -1 to 1.</summary>
    Correlation,
}

/// <summary>
/// Variances, covariances and correlation: the sums are exact, and n * sum(xy) - sum(x) * sum(y) is formed without
/// cancellation before the first rounding. Any NaN or infinity makes the result NaN. Results cost some microseconds each.
/// </summary>
internal sealed class MomentsState : AggregateState
{
    private readonly Moment moment;
    private readonly bool hasTwo;
    private readonly GroupArray<long> counts;

    // x and x² always; y, y² and xy where there are two arguments.
    private readonly ExactSums[] sums;

    public MomentsState(Moment moment, EvaluationContext context)
    {
        this.moment = moment;
        hasTwo = moment >= Moment.SampleCovariance;
        counts = new GroupArray<long>(context.Pool);
        sums = new ExactSums[hasTwo ? 5 : 2];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = new ExactSums(context.Pool);
        }
    }

    public override void EnsureGroups(int groupCount)
    {
        counts.EnsureCount(groupCount);
        foreach (var sum in sums)
        {
            sum.EnsureGroups(groupCount);
        }
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
        if (Runs.HasNulls(arguments, startRow, rowCount))
        {
            for (var i = startRow; i < startRow + rowCount; i++)
            {
                Add(arguments, i, group);
            }

            return;
        }

        counts.Values[group] += rowCount;
        var x = arguments[0].Values<double>().Slice(startRow, rowCount);
        sums[0].AddRun(group, x);
        ExactProducts.AddRun(sums[1], group, x, x);
        if (hasTwo)
        {
            var y = arguments[1].Values<double>().Slice(startRow, rowCount);
            sums[2].AddRun(group, y);
            ExactProducts.AddRun(sums[3], group, y, y);
            ExactProducts.AddRun(sums[4], group, x, y);
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (MomentsState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            counts.Values[groups[i]] += from.counts.Values[i];
            for (var k = 0; k < sums.Length; k++)
            {
                sums[k].Merge(groups[i], from.sums[k], i);
            }
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            if (Compute(group) is { } value)
            {
                Results.Append(result, value);
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
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (Rows.AnyNull(arguments, row))
        {
            return true;
        }

        var x = arguments[0].Values<double>()[row];
        var y = hasTwo ? arguments[1].Values<double>()[row] : x;
        if (!double.IsFinite(x * x) || !double.IsFinite(y * y) || !double.IsFinite(x * y))
        {
            return false;
        }

        counts.Values[group]--;
        sums[0].Add(group, -x);
        ExactProducts.Add(sums[1], group, -x, x);
        if (hasTwo)
        {
            sums[2].Add(group, -y);
            ExactProducts.Add(sums[3], group, -y, y);
            ExactProducts.Add(sums[4], group, -x, y);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        counts.Values[group] = 0;
        foreach (var sum in sums)
        {
            sum.ResetGroup(group);
        }
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        counts.Save(writer, groups);
        foreach (var sum in sums)
        {
            sum.Save(writer, groups);
        }
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        counts.Load(reader, groups);
        foreach (var sum in sums)
        {
            sum.Load(reader, groups);
        }
    }

    public override void Reset()
    {
        counts.Reset();
        foreach (var sum in sums)
        {
            sum.Reset();
        }
    }

    public override void Dispose()
    {
        counts.Dispose();
        foreach (var sum in sums)
        {
            sum.Dispose();
        }

        base.Dispose();
    }

    private void Add(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (Rows.AnyNull(arguments, row))
        {
            return;
        }

        counts.Values[group]++;
        var x = arguments[0].Values<double>()[row];
        sums[0].Add(group, x);
        ExactProducts.Add(sums[1], group, x, x);
        if (hasTwo)
        {
            var y = arguments[1].Values<double>()[row];
            sums[2].Add(group, y);
            ExactProducts.Add(sums[3], group, y, y);
            ExactProducts.Add(sums[4], group, x, y);
        }
    }

    private double? Compute(int group)
    {
        var n = counts.Values[group];
        var isSample = moment is Moment.SampleVariance or Moment.SampleDeviation or Moment.SampleCovariance;
        if (n == 0 || (isSample && n == 1))
        {
            return null;
        }

        foreach (var sum in sums)
        {
            if (!sum.IsFinite(group))
            {
                return double.NaN;
            }
        }

        var divisor = (BigInteger)n * (isSample ? n - 1 : n);
        switch (moment)
        {
            case Moment.SampleVariance or Moment.PopulationVariance:
                return Spread(group, n, 0, 0, 1, divisor);
            case Moment.SampleDeviation or Moment.PopulationDeviation:
                return Math.Sqrt(Spread(group, n, 0, 0, 1, divisor));
            case Moment.SampleCovariance or Moment.PopulationCovariance:
                return Spread(group, n, 0, 2, 4, divisor);
            default:
                var (xx, yy) = (Spread(group, n, 0, 0, 1, divisor), Spread(group, n, 2, 2, 3, divisor));
                if (xx == 0 || yy == 0)
                {
                    return null;
                }

                return Math.Clamp(Spread(group, n, 0, 2, 4, divisor) / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
        }
    }

    // (n * sum(xy) - sum(x) * sum(y)) / divisor, rounded once.
    private double Spread(int group, long n, int first, int second, int product, BigInteger divisor)
    {
        var x = sums[first].Exact(group, out var exponentX);
        var y = sums[second].Exact(group, out var exponentY);
        var xy = sums[product].Exact(group, out var exponentXy);
        // Both terms at the smaller exponent, which is below 0.
        var exponent = Math.Min(exponentX + exponentY, exponentXy);
        var numerator = ((n * xy) << (exponentXy - exponent)) - ((x * y) << (exponentX + exponentY - exponent));
        return ExactRatio.Divide(numerator, divisor << -exponent);
    }
}
