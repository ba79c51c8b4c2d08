// Proves: quantiles, exact and approximate, equal (or lie close to) a sorted list of the values, for all types, ranges and ways
// of adding rows; variances of integers and DECIMAL equal rational arithmetic, also beyond 128 bits; rows that are taken out of a
// state leave it as if they had never been added.
using System.Numerics;
using CsCheck;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Functions;

public sealed class QuantileTests
{
    private static readonly Gen<long[]> Units = Gen.OneOf(
        Gen.Long[-50, 50].Array[1, 400],
        Gen.Long[-1_000_000_000, 1_000_000_000].Array[1, 400],
        Gen.Long[5_900, 6_100].Array[1, 3000]
    );

    [Fact]
    public void Exact_quantiles_equal_a_sorted_list() =>
        Gen.Select(Units, Gen.Double[0, 1])
            .Sample(
                (units, fraction) =>
                {
                    var sorted = units.Select(u => u / 100.0).Order().ToArray();
                    var position = fraction * (sorted.Length - 1);
                    var (below, share) = ((int)position, position - (int)position);
                    var expected =
                        share == 0 ? sorted[below] : sorted[below] + ((sorted[below + 1] - sorted[below]) * share);
                    Assert.Equal(expected, Quantile("quantile_cont", DataType.Decimal(18, 2), units, fraction));
                    Assert.Equal(expected, QuantileOfDouble([.. units.Select(u => u / 100.0)], fraction));
                },
                iter: 60
            );

    [Fact]
    public void Approximate_quantiles_lie_close() =>
        Gen.Select(Units, Gen.Double[0, 1])
            .Sample(
                (units, fraction) =>
                {
                    // Between neighbours far apart the answer may be near either of them.
                    var sorted = units.Select(u => u / 100.0).Order().ToArray();
                    var below = (int)(fraction * (sorted.Length - 1));
                    var (low, high) = (sorted[below], sorted[Math.Min(below + 1, sorted.Length - 1)]);
                    var found = Quantile("approx_quantile", DataType.Decimal(18, 2), units, fraction);
                    Assert.InRange(found, low - (Math.Abs(low) * 0.004), high + (Math.Abs(high) * 0.004));
                },
                iter: 60
            );

    [Fact]
    public void Variance_of_decimal_equals_rational_arithmetic()
    {
        Gen.OneOf(Gen.Long[-5_000, 5_000], Gen.Long[long.MinValue, long.MaxValue])
            .Array[2, 40]
            .Sample(
                units =>
                {
                    BigInteger n = units.Length;
                    var (sum, squares) = (BigInteger.Zero, BigInteger.Zero);
                    foreach (var unit in units)
                    {
                        sum += unit;
                        squares += (BigInteger)unit * unit;
                    }

                    using var sheet = new Sheet();
                    using var state = State("var_samp", sheet, DataType.Decimal(18, 2));
                    state.UpdateRun([Column(sheet, units)], 0, units.Length, 0);
                    var expected = ExactRatio.Divide((n * squares) - (sum * sum), n * (n - 1) * 10_000);
                    Assert.Equal(expected, Result(sheet, state));
                },
                iter: 100
            );
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("avg")]
    [InlineData("stddev_samp")]
    [InlineData("count")]
    public void Rows_taken_out_leave_no_trace(string name) =>
        Gen.Select(Gen.Long[-1_000_000, 1_000_000].Array[4, 60], Gen.Int[0, 3])
            .Sample(
                (units, kept) =>
                {
                    using var sheet = new Sheet();
                    var column = Column(sheet, units);
                    using var slid = State(name, sheet, DataType.Decimal(18, 2));
                    using var anew = State(name, sheet, DataType.Decimal(18, 2));
                    Assert.True(slid.CanRemove);
                    slid.UpdateRun([column], 0, units.Length, 0);
                    slid.RemoveRun([column], 0, units.Length - kept, 0);
                    anew.UpdateRun([column], units.Length - kept, kept, 0);
                    Assert.Equal(Result(sheet, anew), Result(sheet, slid));
                },
                iter: 60
            );

    [Fact]
    public void Quotients_at_the_ends_of_128_bits()
    {
        Int128[] ends = [Int128.MinValue, Int128.MinValue + 1, Int128.MaxValue, -1, 1, 1L << 53, (Int128)1 << 70];
        foreach (var dividend in ends)
        {
            foreach (var divisor in ends)
            {
                Assert.Equal(
                    ExactRatio.Divide((BigInteger)dividend, (BigInteger)divisor),
                    ExactRatio.Divide(dividend, divisor)
                );
            }
        }
    }

    [Fact]
    public void Quotients_of_128_bits_are_rounded_once() =>
        Gen.Select(Gen.Long, Gen.Long, Gen.Long)
            .Sample(
                (high, low, divisor) =>
                {
                    var dividend = new Int128((ulong)high, (ulong)low);
                    if (divisor != 0)
                    {
                        Assert.Equal(
                            ExactRatio.Divide((BigInteger)dividend, (BigInteger)divisor),
                            ExactRatio.Divide(dividend, (Int128)divisor)
                        );
                    }
                },
                iter: 2000
            );

    private static ColumnVector Column(Sheet sheet, long[] units)
    {
        var column = sheet.Column(DataType.Decimal(18, 2));
        column.EnsureCapacity(units.Length);
        units.CopyTo(column.Writable<long>());
        column.SetRowCount(units.Length);
        return column;
    }

    private static AggregateState State(string name, Sheet sheet, params DataType[] types)
    {
        var overload = FunctionRegistry.Aggregates[name].Resolve([.. types.Select(t => (DataType?)t)])!;
        Assert.Equal(types, overload.ArgumentTypes);
        var state = overload.CreateState(sheet.Context);
        state.EnsureGroups(1);
        return state;
    }

    private static object? Result(Sheet sheet, AggregateState state)
    {
        using var result = ColumnVector.Allocate(DataType.Double, 1, sheet.Pool);
        state.AppendResults(0, 1, result);
        return sheet.Read(result)[0];
    }

    private static double Quantile(string name, DataType type, long[] units, double fraction)
    {
        using var sheet = new Sheet();
        using var state = State(name, sheet, type, DataType.Double);
        var fractions = sheet.Column(DataType.Double, [.. units.Select(_ => (object?)fraction)]);
        // One half by runs, the other row by row.
        var half = units.Length / 2;
        state.UpdateRun([Column(sheet, units), fractions], 0, half, 0);
        var rest = sheet.Column(DataType.Double, [.. units[half..].Select(_ => (object?)fraction)]);
        state.Update([Column(sheet, units[half..]), rest], new int[units.Length - half]);
        return (double)Result(sheet, state)!;
    }

    private static double QuantileOfDouble(double[] values, double fraction)
    {
        using var sheet = new Sheet();
        using var state = State("quantile_cont", sheet, DataType.Double, DataType.Double);
        var fractions = sheet.Column(DataType.Double, [.. values.Select(_ => (object?)fraction)]);
        var column = sheet.Column(DataType.Double, [.. values.Select(v => (object?)v)]);
        state.UpdateRun([column, fractions], 0, values.Length, 0);
        return (double)Result(sheet, state)!;
    }
}
