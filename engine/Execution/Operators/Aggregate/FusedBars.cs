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

    // False while no argument of any row was NULL: then no result of a group with rows is.
    private bool hasNulls;

    public override void EnsureGroups(int placeCount) => bars.EnsureCount(placeCount);

    public override void Add(Batch rows, ReadOnlySpan<int> places, bool isOneGroup)
    {
        var vectors = arguments.Evaluate(rows);
        var prices = vectors[0].Values<long>();
        var times = vectors[1].Values<long>();
        var sequences = vectors[2].Values<long>();
        var sums = SumsOf(vectors, 0, rows.RowCount, ref widened);
        var otherSums = SumsOf(vectors, 1, rows.RowCount, ref otherWidened);
        var rowsHaveNulls = false;
        foreach (var vector in vectors)
        {
            rowsHaveNulls |= vector.MayHaveNulls && vector.Validity.Contains((byte)0);
        }

        if (rowsHaveNulls)
        {
            hasNulls = true;
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

    public override void Load(StateReader reader, ReadOnlySpan<int> places)
    {
        bars.Load(reader, places);
        foreach (var place in places)
        {
            ref readonly var bar = ref bars.Values[place];
            hasNulls |= (bar.NullPrices | (long)bar.NullSums | (long)bar.NullOtherSums) != 0;
        }
    }

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
        var start = target.RowCount;
        target.EnsureCapacity(start + places.Length);
        var written = target.Writable<long>().Slice(start, places.Length);
        switch (field)
        {
            case BarField.First:
                Copy<FirstPrice>(places, written);
                break;
            case BarField.High:
                Copy<HighPrice>(places, written);
                break;
            case BarField.Low:
                Copy<LowPrice>(places, written);
                break;
            case BarField.Last:
                Copy<LastPrice>(places, written);
                break;
            case BarField.Rows:
                Copy<RowCount>(places, written);
                break;
            case BarField.Prices:
                Copy<PriceCount>(places, written);
                break;
            default:
                CopySums(places, written, target.Type, field == BarField.OtherSum);
                break;
        }

        target.SetRowCount(start + places.Length);
        if (hasNulls || firstColumn == 0)
        {
            MarkNulls(field, places, target, start);
        }
    }

    private void Copy<TField>(ReadOnlySpan<int> places, Span<long> target)
        where TField : struct, IFieldOfBar
    {
        var all = bars.Values;
        target = target[..places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            target[i] = TField.Of(in all[places[i]]);
        }
    }

    private void CopySums(ReadOnlySpan<int> places, Span<long> target, DataType type, bool isOther)
    {
        var all = bars.Values;
        var limit = type.Kind == TypeKind.Decimal ? (long)DecimalText.PowerOfTen(type.Precision) - 1 : long.MaxValue;
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var bar = ref all[places[i]];
            var total = isOther ? bar.OtherSum : bar.Sum;
            var low = (long)total;
            target[i] = low == total && low >= -limit && low <= limit ? low : Results.Narrow(total, type, "A sum");
        }
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

    private interface IFieldOfBar
    {
        static abstract long Of(in BarState bar);
    }

    private readonly struct FirstPrice : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.First;
    }

    private readonly struct HighPrice : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.High;
    }

    private readonly struct LowPrice : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.Low;
    }

    private readonly struct LastPrice : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.Last;
    }

    private readonly struct RowCount : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.Rows;
    }

    private readonly struct PriceCount : IFieldOfBar
    {
        public static long Of(in BarState bar) => bar.Prices;
    }
}
