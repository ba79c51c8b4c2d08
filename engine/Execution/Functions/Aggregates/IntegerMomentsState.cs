using System.Numerics;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Variance and deviation of integers and DECIMAL: n * sum(x²) - sum(x)² over whole units, exact until the one rounding of the
/// quotient (and of the root). Sums of squares have 192 bits, more than any number of rows can fill. Rows can be taken out again.
/// </summary>
internal sealed class IntegerMomentsState<T>(Moment moment, int scale, EvaluationContext context) : AggregateState
    where T : unmanaged, IBinaryInteger<T>
{
    // Below these, every intermediate result fits into 127 bits.
    private const long NarrowCountMax = 1L << 30;
    private static readonly Int128 NarrowSumMax = Int128.One << 62;
    private static readonly UInt128 NarrowSquaresMax = UInt128.One << 96;

    private readonly GroupArray<Sums> groups = new(context.Pool);

    /// <inheritdoc/>
    public override bool CanRemove => true;

    public override void EnsureGroups(int groupCount) => groups.EnsureCount(groupCount);

    public override void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups)
    {
        var values = arguments[0].Values<T>();
        var validity = arguments[0].Validity;
        for (var i = 0; i < groups.Length; i++)
        {
            if (validity.IsEmpty || validity[i] != 0)
            {
                this.groups.Values[groups[i]].Add(long.CreateTruncating(values[i]));
            }
        }
    }

    public override void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<T>().Slice(startRow, rowCount);
        var validity = arguments[0].MayHaveNulls ? arguments[0].Validity.Slice(startRow, rowCount) : default;
        var sums = groups.Values[group];
        for (var i = 0; i < values.Length; i++)
        {
            if (validity.IsEmpty || validity[i] != 0)
            {
                sums.Add(long.CreateTruncating(values[i]));
            }
        }

        groups.Values[group] = sums;
    }

    /// <inheritdoc/>
    public override void RemoveRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group)
    {
        var values = arguments[0].Values<T>().Slice(startRow, rowCount);
        ref var sums = ref groups.Values[group];
        for (var i = 0; i < values.Length; i++)
        {
            if (!arguments[0].IsNull(startRow + i))
            {
                sums.Remove(long.CreateTruncating(values[i]));
            }
        }
    }

    public override void Merge(AggregateState other, ReadOnlySpan<int> groups)
    {
        var from = (IntegerMomentsState<T>)other;
        for (var i = 0; i < groups.Length; i++)
        {
            this.groups.Values[groups[i]].Add(from.groups.Values[i]);
        }
    }

    public override void AppendResults(int start, int count, ColumnVector result)
    {
        var isSample = moment is Moment.SampleVariance or Moment.SampleDeviation;
        foreach (ref readonly var sums in groups.Values.Slice(start, count))
        {
            if (sums.Count == 0 || (isSample && sums.Count == 1))
            {
                result.AppendNull();
                continue;
            }

            var variance = Variance(sums, isSample);
            var isRoot = moment is Moment.SampleDeviation or Moment.PopulationDeviation;
            Results.Append(result, isRoot ? Math.Sqrt(variance) : variance);
        }
    }

    /// <inheritdoc/>
    public override bool IsIncremental => true;

    /// <inheritdoc/>
    public override void ResetGroup(int group) => groups.Values[group] = default;

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> groups) => this.groups.Save(writer, groups);

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> groups) => this.groups.Load(reader, groups);

    public override void Reset() => groups.Reset();

    public override void Dispose()
    {
        groups.Dispose();
        base.Dispose();
    }

    private double Variance(in Sums sums, bool isSample)
    {
        var unit = DecimalText.PowerOfTen(scale);
        var others = isSample ? sums.Count - 1 : sums.Count;
        if (
            scale <= 9
            && sums.Count < NarrowCountMax
            && sums.SquaresCarry == 0
            && sums.Squares < NarrowSquaresMax
            && Int128.Abs(sums.Total) < NarrowSumMax
        )
        {
            var spread = (sums.Count * (Int128)sums.Squares) - (sums.Total * sums.Total);
            return ExactRatio.Divide(spread, (Int128)sums.Count * others * ((Int128)unit * unit));
        }

        var squares = ((BigInteger)sums.SquaresCarry << 128) + (BigInteger)sums.Squares;
        var numerator = (sums.Count * squares) - ((BigInteger)sums.Total * (BigInteger)sums.Total);
        return ExactRatio.Divide(numerator, (BigInteger)sums.Count * others * unit * unit);
    }

    private struct Sums
    {
        public long Count;
        public Int128 Total;
        public UInt128 Squares;
        public long SquaresCarry;

        public void Add(long value)
        {
            Count++;
            Total += value;
            var before = Squares;
            Squares = unchecked(before + Square(value));
            SquaresCarry += Squares < before ? 1 : 0;
        }

        public void Remove(long value)
        {
            Count--;
            Total -= value;
            var before = Squares;
            Squares = unchecked(before - Square(value));
            SquaresCarry -= Squares > before ? 1 : 0;
        }

        public void Add(in Sums other)
        {
            Count += other.Count;
            Total += other.Total;
            var before = Squares;
            Squares = unchecked(before + other.Squares);
            SquaresCarry += other.SquaresCarry + (Squares < before ? 1 : 0);
        }

        private static UInt128 Square(long value)
        {
            var high = Math.BigMul(value, value, out var low);
            return new UInt128((ulong)high, (ulong)low);
        }
    }
}
