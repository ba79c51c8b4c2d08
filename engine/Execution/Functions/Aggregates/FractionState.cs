using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What quantiles of all kinds have in common: the fraction of each group, and readers of other fractions over the same rows, so
/// that three quantiles of a column keep its rows once.
/// </summary>
internal abstract class FractionState(string name, bool isMedian, EvaluationContext context) : AggregateState
{
    private readonly GroupArray<double> fractions = new(context.Pool);

    public override void EnsureGroups(int groupCount) => fractions.EnsureCount(groupCount);

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var hasNulls = Runs.MayHaveNulls(arguments);
        for (var i = 0; i < groups.Length; i++)
        {
            if (!(hasNulls && Rows.AnyNull(arguments, i)))
            {
                TakeFraction(arguments, i, groups[i]);
                AddValues(arguments[0], i, 1, groups[i]);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        if (rowCount == 0)
        {
            return;
        }

        if (!Runs.HasNulls(arguments, startRow, rowCount) && HasOneFraction(arguments, startRow, rowCount))
        {
            TakeFraction(arguments, startRow, group);
            AddValues(arguments[0], startRow, rowCount, group);
            return;
        }

        for (var i = startRow; i < startRow + rowCount; i++)
        {
            if (!Rows.AnyNull(arguments, i))
            {
                TakeFraction(arguments, i, group);
                AddValues(arguments[0], i, 1, group);
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (FractionState)other;
        MergeValues(from, groups);
        for (var i = 0; i < groups.Length; i++)
        {
            fractions.Values[groups[i]] = Math.Max(fractions.Values[groups[i]], from.fractions.Values[i]);
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            Append(group, isMedian ? 0.5 : fractions.Values[group], result);
        }
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group) => fractions.Values[group] = 0;

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups) => fractions.Save(writer, groups);

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups) => fractions.Load(reader, groups);

    public override void Reset() => fractions.Reset();

    public override void Dispose()
    {
        fractions.Dispose();
        base.Dispose();
    }

    /// <summary>A state that reads another fraction of this one's rows. It lives as long as this one.</summary>
    public AggregateState CreateReader(double fraction) => new Reader(this, fraction);

    /// <summary>Adds values that are not NULL to a group.</summary>
    protected abstract void AddValues(ColumnVector values, int startRow, int rowCount, int group);

    /// <summary>Adds the values of another state of the same kind.</summary>
    protected abstract void MergeValues(FractionState other, ReadOnlySpan<int> groups);

    /// <summary>True where a group has a value, and the quantile then.</summary>
    protected abstract bool TryRead(int group, double fraction, out double quantile);

    private void Append(int group, double fraction, ColumnVector result)
    {
        if (TryRead(group, fraction, out var quantile))
        {
            Results.Append(result, quantile);
        }
        else
        {
            result.AppendNull();
        }
    }

    private void Check(double fraction)
    {
        if (!(fraction >= 0 && fraction <= 1))
        {
            Throw.Error(ErrorCode.InvalidArgument, $"{name}(..., {fraction:R}): the fraction must be 0 to 1");
        }
    }

    private bool HasOneFraction(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount)
    {
        if (isMedian)
        {
            return true;
        }

        var rows = arguments[1].Values<double>().Slice(startRow, rowCount);
        return rows.IndexOfAnyExcept(rows[0]) < 0;
    }

    // The same for every row as a rule; where it is not, the greatest counts, whatever the order.
    private void TakeFraction(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (!isMedian)
        {
            var fraction = arguments[1].Values<double>()[row];
            ref var known = ref fractions.Values[group];
            if (fraction != known)
            {
                Check(fraction);
                known = Math.Max(known, fraction);
            }
        }
    }

    // The rows are the owner's; all that comes here is already there.
    private sealed class Reader(FractionState owner, double fraction) : AggregateState
    {
        public override void EnsureGroups(int groupCount) { }

        public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
        {
            if (!groups.IsEmpty)
            {
                owner.Check(fraction);
            }
        }

        public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
            owner.Check(fraction);

        public override void Merge(AggregateState other, ReadOnlySpan<int> groups) { }

        public override void AppendResults(int start, int count, ColumnVector result)
        {
            for (var group = start; group < start + count; group++)
            {
                owner.Append(group, fraction, result);
            }
        }

        public override void Reset() { }
    }
}
