using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The states of bars over rows that are only appended: what up to eight aggregates would keep apart, in one struct a group and one pass
/// over the rows. The results are those of the separate states, to the bit.
/// </summary>
internal sealed class FusedBars(FusedBarsShape shape, int firstColumn, EvaluationContext context) : IncrementalStates
{
    // Price, time, sequence, then the sums.
    private readonly ExpressionSet arguments = new([shape.Price, shape.Time, shape.Sequence, .. shape.Sums], context);
    private readonly GroupArray<BarState> bars = new(context.Pool);
    private long[] widened = [];
    private long[] otherWidened = [];

    public override void EnsureGroups(int placeCount) => bars.EnsureCount(placeCount);

    public override void Add(Batch rows, ReadOnlySpan<int> places, bool isOneGroup)
    {
        var vectors = arguments.Evaluate(rows);
        var prices = vectors[0].Values<long>();
        var times = vectors[1].Values<long>();
        var sequences = vectors[2].Values<long>();
        var sums = SumsOf(vectors, 0, rows.RowCount, ref widened);
        var otherSums = SumsOf(vectors, 1, rows.RowCount, ref otherWidened);
        var hasNulls = false;
        foreach (var vector in vectors)
        {
            hasNulls |= vector.MayHaveNulls && vector.Validity.Contains((byte)0);
        }

        if (hasNulls)
        {
            AddWithNulls(vectors, places, sums, otherSums);
        }
        else
        {
            AddAll(bars.Values, places, prices, times, sequences, sums, otherSums);
        }
    }

    public override void Change(
        Batch oldRows,
        ReadOnlySpan<int> oldPlaces,
        Batch newRows,
        ReadOnlySpan<int> newPlaces,
        ReadOnlySpan<RowChange> changes,
        IncrementalGroups groups
    ) => Throw.Error(ErrorCode.Internal, "Fused bars are for rows that are only appended");

    public override void AppendResults(ReadOnlySpan<int> places, Batch target)
    {
        foreach (var (field, aggregate) in shape.Outputs)
        {
            Append(field, places, target[firstColumn + aggregate]);
        }
    }

    public override void ResetGroup(int place) => bars.Values[place] = default;

    public override void Save(StateWriter writer, ReadOnlySpan<int> live) => bars.Save(writer, live);

    public override void Load(StateReader reader, ReadOnlySpan<int> places) => bars.Load(reader, places);

    public override void Dispose()
    {
        arguments.Dispose();
        bars.Dispose();
    }

    private static void AddAll(
        Span<BarState> bars,
        ReadOnlySpan<int> places,
        ReadOnlySpan<long> prices,
        ReadOnlySpan<long> times,
        ReadOnlySpan<long> sequences,
        ReadOnlySpan<long> sums,
        ReadOnlySpan<long> otherSums
    )
    {
        prices = prices[..places.Length];
        times = times[..places.Length];
        sequences = sequences[..places.Length];
        sums = sums[..places.Length];
        otherSums = otherSums[..places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            ref var bar = ref bars[places[i]];
            bar.Sum += sums[i];
            bar.OtherSum += otherSums[i];
            if (bar.Rows++ != bar.NullPrices)
            {
                bar.Add(prices[i], times[i], sequences[i]);
            }
            else
            {
                bar.Begin(prices[i], times[i], sequences[i]);
            }
        }
    }

    private void AddWithNulls(
        ReadOnlySpan<ColumnVector> vectors,
        ReadOnlySpan<int> places,
        ReadOnlySpan<long> sums,
        ReadOnlySpan<long> otherSums
    )
    {
        var prices = vectors[0].Values<long>();
        for (var i = 0; i < places.Length; i++)
        {
            ref var bar = ref bars.Values[places[i]];
            var isFirst = bar.Prices == 0;
            bar.Rows++;
            if (vectors[0].IsNull(i))
            {
                bar.NullPrices++;
            }
            else if (isFirst)
            {
                bar.Begin(prices[i], vectors[1].Values<long>()[i], vectors[2].Values<long>()[i]);
            }
            else
            {
                bar.Add(prices[i], vectors[1].Values<long>()[i], vectors[2].Values<long>()[i]);
            }

            var isNull = vectors.Length > 3 && vectors[3].IsNull(i);
            bar.Sum += isNull ? 0 : sums[i];
            bar.NullSums += isNull ? 1 : 0;
            isNull = vectors.Length > 4 && vectors[4].IsNull(i);
            bar.OtherSum += isNull ? 0 : otherSums[i];
            bar.NullOtherSums += isNull ? 1 : 0;
        }
    }

    // 64-bit values as they lie, others widened; zeros where there is no such sum.
    private static ReadOnlySpan<long> SumsOf(
        ReadOnlySpan<ColumnVector> vectors,
        int sum,
        int rowCount,
        ref long[] widened
    )
    {
        var exists = vectors.Length > 3 + sum;
        if (exists && vectors[3 + sum].Type.Physical == PhysicalType.Int64)
        {
            return vectors[3 + sum].Values<long>();
        }

        widened = widened.Length < rowCount ? new long[Math.Max(rowCount, widened.Length * 2)] : widened;
        if (exists)
        {
            var narrow = vectors[3 + sum].Values<int>()[..rowCount];
            var target = widened.AsSpan(0, rowCount);
            for (var i = 0; i < narrow.Length; i++)
            {
                target[i] = narrow[i];
            }
        }

        return widened.AsSpan(0, rowCount);
    }

    private void Append(BarField field, ReadOnlySpan<int> places, ColumnVector target)
    {
        var all = bars.Values;
        var start = target.RowCount;
        target.EnsureCapacity(start + places.Length);
        var written = target.Writable<long>()[start..];
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var bar = ref all[places[i]];
            written[i] = field switch
            {
                BarField.First => bar.First,
                BarField.High => bar.High,
                BarField.Low => bar.Low,
                BarField.Last => bar.Last,
                BarField.Rows => bar.Rows,
                BarField.Prices => bar.Prices,
                BarField.Sum => Results.Narrow(bar.Sum, target.Type, "A sum"),
                _ => Results.Narrow(bar.OtherSum, target.Type, "A sum"),
            };
        }

        target.SetRowCount(start + places.Length);
        MarkNulls(field, places, target, start);
    }

    private void MarkNulls(BarField field, ReadOnlySpan<int> places, ColumnVector target, int start)
    {
        if (field is BarField.Rows or BarField.Prices)
        {
            return;
        }

        var all = bars.Values;
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var bar = ref all[places[i]];
            var valueCount =
                field == BarField.Sum ? bar.Rows - bar.NullSums
                : field == BarField.OtherSum ? bar.Rows - bar.NullOtherSums
                : bar.Prices;
            if (valueCount == 0)
            {
                target.WritableValidity()[start + i] = 0;
            }
            else if (target.MayHaveNulls)
            {
                target.WritableValidity()[start + i] = 1;
            }
        }
    }
}
