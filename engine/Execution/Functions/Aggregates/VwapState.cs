using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// vwap of integers and DECIMAL: sum(px * qty) / sum(qty) as DOUBLE, exact in 128 bits until the one rounding of the
/// quotient. NULL where the quantities add up to 0.
/// </summary>
internal sealed class ExactVwapState(int priceScale, EvaluationContext context) : AggregateState
{
    private readonly GroupArray<Int128> turnovers = new(context.Pool);
    private readonly GroupArray<Int128> quantities = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        turnovers.EnsureCount(groupCount);
        quantities.EnsureCount(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var prices = arguments[0].Values<long>();
        var sizes = arguments[1].Values<long>();
        var hasNulls = Runs.MayHaveNulls(arguments);
        for (var i = 0; i < groups.Length; i++)
        {
            if (!(hasNulls && Rows.AnyNull(arguments, i)))
            {
                Add(groups[i], (Int128)prices[i] * sizes[i], sizes[i]);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var prices = arguments[0].Values<long>().Slice(startRow, rowCount);
        var sizes = arguments[1].Values<long>().Slice(startRow, rowCount);
        if (Runs.HasNulls(arguments, startRow, rowCount))
        {
            for (var i = 0; i < rowCount; i++)
            {
                if (!Rows.AnyNull(arguments, startRow + i))
                {
                    Add(group, (Int128)prices[i] * sizes[i], sizes[i]);
                }
            }

            return;
        }

        if (TryAddNarrow(prices, sizes, out var narrow))
        {
            Add(group, narrow, RunKernels.Sum(sizes));
            return;
        }

        Int128 turnover = 0;
        for (var i = 0; i < rowCount; i++)
        {
            var high = Math.BigMul(prices[i], sizes[i], out var low);
            turnover = AddChecked(turnover, new Int128((ulong)high, (ulong)low));
        }

        Add(group, turnover, RunKernels.Sum(sizes));
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (ExactVwapState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            Add(groups[i], from.turnovers.Values[i], from.quantities.Values[i]);
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            if (quantities.Values[group] == 0)
            {
                result.AppendNull();
            }
            else
            {
                // The scale of the quantities is in both sums, and cancels out.
                System.Numerics.BigInteger divisor = quantities.Values[group];
                var power = DecimalText.PowerOfTen(priceScale);
                Results.Append(
                    result,
                    Int128.Abs(quantities.Values[group]) < (Int128)1 << 60
                        ? ExactRatio.Divide(turnovers.Values[group], quantities.Values[group] * power)
                        : ExactRatio.Divide(turnovers.Values[group], divisor * power)
                );
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (!Rows.AnyNull(arguments, row))
        {
            var size = arguments[1].Values<long>()[row];
            Add(group, -((Int128)arguments[0].Values<long>()[row] * size), -(Int128)size);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        turnovers.Values[group] = default;
        quantities.Values[group] = default;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        turnovers.Save(writer, groups);
        quantities.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        turnovers.Load(reader, groups);
        quantities.Load(reader, groups);
    }

    public override void Reset()
    {
        turnovers.Reset();
        quantities.Reset();
    }

    public override void Dispose()
    {
        turnovers.Dispose();
        quantities.Dispose();
        base.Dispose();
    }

    // Prices and sizes of a market are small: where even their greatest product a row fits 64 bits, so does every sum.
    private static bool TryAddNarrow(ReadOnlySpan<long> prices, ReadOnlySpan<long> sizes, out long turnover)
    {
        turnover = 0;
        if (prices.IsEmpty)
        {
            return true;
        }

        var greatest = Int128.Max(RunKernels.Maximum(prices), -(Int128)RunKernels.Minimum(prices));
        var most = Int128.Max(RunKernels.Maximum(sizes), -(Int128)RunKernels.Minimum(sizes));
        if (greatest > int.MaxValue || most > int.MaxValue || greatest * most * prices.Length > long.MaxValue)
        {
            return false;
        }

        sizes = sizes[..prices.Length];
        for (var i = 0; i < prices.Length; i++)
        {
            turnover += prices[i] * sizes[i];
        }

        return true;
    }

    private void Add(int group, Int128 turnover, Int128 quantity)
    {
        ref var total = ref turnovers.Values[group];
        total = AddChecked(total, turnover);
        quantities.Values[group] += quantity;
    }

    private static Int128 AddChecked(Int128 left, Int128 right)
    {
        var sum = unchecked(left + right);
        if (((left ^ sum) & (right ^ sum)) < 0)
        {
            Throw.Error(ErrorCode.NumericOverflow, "vwap: the sum of px * qty exceeds 128 bits; cast px to DOUBLE");
        }

        return sum;
    }
}

/// <summary>vwap of DOUBLE: exact products and sums, rounded to DOUBLE each and divided.</summary>
internal sealed class RealVwapState(EvaluationContext context) : AggregateState
{
    private readonly ExactSums turnovers = new(context.Pool);
    private readonly ExactSums quantities = new(context.Pool);

    public override void EnsureGroups(int groupCount)
    {
        turnovers.EnsureGroups(groupCount);
        quantities.EnsureGroups(groupCount);
    }

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var hasNulls = Runs.MayHaveNulls(arguments);
        for (var i = 0; i < groups.Length; i++)
        {
            if (!(hasNulls && Rows.AnyNull(arguments, i)))
            {
                Add(arguments, i, groups[i]);
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        if (!Runs.HasNulls(arguments, startRow, rowCount))
        {
            ExactProducts.AddRun(
                turnovers,
                group,
                arguments[0].Values<double>().Slice(startRow, rowCount),
                arguments[1].Values<double>().Slice(startRow, rowCount)
            );
            quantities.AddRun(group, arguments[1].Values<double>().Slice(startRow, rowCount));
            return;
        }

        for (var i = startRow; i < startRow + rowCount; i++)
        {
            if (!Rows.AnyNull(arguments, i))
            {
                Add(arguments, i, group);
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (RealVwapState)other;
        for (var i = 0; i < groups.Length; i++)
        {
            turnovers.Merge(groups[i], from.turnovers, i);
            quantities.Merge(groups[i], from.quantities, i);
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        for (var group = start; group < start + count; group++)
        {
            var quantity = quantities.Sum(group);
            if (quantity == 0)
            {
                result.AppendNull();
            }
            else
            {
                Results.Append(result, turnovers.Sum(group) / quantity);
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

        var (price, size) = (arguments[0].Values<double>()[row], arguments[1].Values<double>()[row]);
        if (!double.IsFinite(price * size) || !double.IsFinite(size))
        {
            return false;
        }

        ExactProducts.Add(turnovers, group, -price, size);
        quantities.Add(group, -size);
        return true;
    }

    /// <inheritdoc/>
    public override void ResetGroup(int group)
    {
        turnovers.ResetGroup(group);
        quantities.ResetGroup(group);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        turnovers.Save(writer, groups);
        quantities.Save(writer, groups);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups)
    {
        turnovers.Load(reader, groups);
        quantities.Load(reader, groups);
    }

    public override void Reset()
    {
        turnovers.Reset();
        quantities.Reset();
    }

    public override void Dispose()
    {
        turnovers.Dispose();
        quantities.Dispose();
        base.Dispose();
    }

    private void Add(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        var size = arguments[1].Values<double>()[row];
        ExactProducts.Add(turnovers, group, arguments[0].Values<double>()[row], size);
        quantities.Add(group, size);
    }
}
