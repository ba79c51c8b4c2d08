// Proves that every kernel equals its slow, obvious twin for every length around the vector widths, on random values
// mixed with the edges of each type (NaN, infinities, both zeros, least and greatest numbers).
using System.Numerics;
using CsCheck;
using TickStore.Core;

namespace TickStore.Tests.Core.Kernels;

public sealed class KernelTwinTests
{
    private static readonly double[] EdgeReals =
    [
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        0.0,
        -0.0,
        1,
        -1,
        double.MaxValue,
        double.Epsilon,
        -double.Epsilon,
    ];

    private static readonly Gen<double> Reals = Gen.OneOf(
        OneOf(EdgeReals),
        Gen.Double[-3, 3].Select(x => Math.Round(x)),
        Gen.Double
    );

    private static readonly Gen<long> Longs = Gen.OneOf(
        OneOf([long.MinValue, long.MaxValue, 0L, -1L, 1L, int.MinValue, int.MaxValue]),
        Gen.Long[-3, 3],
        Gen.Long
    );

    [Fact]
    public void Comparisons_of_double() => Compare(Reals, ReferenceOrder);

    [Fact]
    public void Comparisons_of_float() => Compare(Reals.Select(x => (float)x), (a, b) => ReferenceOrder(a, b));

    [Fact]
    public void Comparisons_of_long() => Compare(Longs, (a, b) => a.CompareTo(b));

    [Fact]
    public void Comparisons_of_int() => Compare(Longs.Select(x => (int)x), (a, b) => a.CompareTo(b));

    [Fact]
    public void Comparisons_of_short() => Compare(Longs.Select(x => (short)x), (a, b) => a.CompareTo(b));

    [Fact]
    public void Comparisons_of_byte() => Compare(Longs.Select(x => (byte)x), (a, b) => a.CompareTo(b));

    [Fact]
    public void Checked_arithmetic_of_long() => Arithmetic(Longs);

    [Fact]
    public void Checked_arithmetic_of_int() => Arithmetic(Longs.Select(x => (int)x));

    [Fact]
    public void Checked_arithmetic_of_short() => Arithmetic(Longs.Select(x => (short)x));

    [Fact]
    public void Product_of_long() =>
        Pairs(Longs)
            .Sample(pairs =>
            {
                var result = new long[pairs.Length];
                var fits = CheckedArithmetic.TryMultiply(
                    pairs.Select(p => p.Item1).ToArray(),
                    pairs.Select(p => p.Item2).ToArray(),
                    result
                );
                var exact = pairs.Select(p => (BigInteger)p.Item1 * p.Item2).ToArray();
                Assert.Equal(exact.All(InLong), fits);
                Assert.Equal(exact.Select(x => unchecked((long)(ulong)(x & ulong.MaxValue))), result);
            });

    [Fact]
    public void Sums_are_exact() =>
        Longs
            .Array[0, 70]
            .Sample(values =>
            {
                Assert.Equal(values.Aggregate(Int128.Zero, (sum, x) => sum + x), RunKernels.Sum(values));
                var ints = values.Select(x => (int)x).ToArray();
                Assert.Equal(ints.Sum(x => (long)x), RunKernels.Sum(ints));
            });

    [Fact]
    public void Totals_place_by_place()
    {
        Adds(Longs);
        Adds(Longs.Select(x => (int)x));
        Adds(Longs.Select(x => (short)x));
        Adds(Longs.Select(x => (byte)x));
        return;

        static void Adds<T>(Gen<T> values)
            where T : unmanaged, IBinaryInteger<T> =>
            Gen.Select(values, Longs)
                .Array[0, 70]
                .Sample(pairs =>
                {
                    var totals = pairs.Select(p => p.Item2).ToArray();
                    RunKernels.AddTo<T>(pairs.Select(p => p.Item1).ToArray(), totals);
                    Assert.Equal(pairs.Select(p => unchecked(p.Item2 + long.CreateTruncating(p.Item1))), totals);
                });
    }

    [Fact]
    public void Extremes_of_double_to_the_bit() =>
        Reals
            .Array[1, 70]
            .Sample(values =>
            {
                var ordered = values.Order(Comparer<double>.Create(TotalOrder)).ToArray();
                Assert.Equal(Bits(ordered[0]), Bits(RunKernels.Minimum<double>(values)));
                Assert.Equal(Bits(ordered[^1]), Bits(RunKernels.Maximum<double>(values)));
                var folded = values.Aggregate((a, b) => RunKernels.Minimum(a, b));
                Assert.Equal(Bits(ordered[0]), Bits(RunKernels.Canonical(folded)));
            });

    [Fact]
    public void Extremes_of_integers() =>
        Longs
            .Array[1, 70]
            .Sample(values =>
            {
                Assert.Equal(
                    (values.Min(), values.Max()),
                    (RunKernels.Minimum<long>(values), RunKernels.Maximum<long>(values))
                );
                var shorts = values.Select(x => (short)x).ToArray();
                Assert.Equal(
                    (shorts.Min(), shorts.Max()),
                    (RunKernels.Minimum<short>(shorts), RunKernels.Maximum<short>(shorts))
                );
                var bytes = values.Select(x => (byte)x).ToArray();
                Assert.Equal(
                    (bytes.Min(), bytes.Max()),
                    (RunKernels.Minimum<byte>(bytes), RunKernels.Maximum<byte>(bytes))
                );
            });

    private static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool InLong(BigInteger x) => x >= long.MinValue && x <= long.MaxValue;

    private static long Bits(double x) => BitConverter.DoubleToInt64Bits(double.IsNaN(x) ? double.NaN : x);

    private static int ReferenceOrder(double a, double b) =>
        double.IsNaN(a) ? (double.IsNaN(b) ? 0 : 1)
        : double.IsNaN(b) ? -1
        : a < b ? -1
        : a > b ? 1
        : 0;

    private static int TotalOrder(double a, double b)
    {
        var order = ReferenceOrder(a, b);
        return order != 0 || double.IsNaN(a) ? order : double.IsNegative(b).CompareTo(double.IsNegative(a));
    }

    private static Gen<(T, T)[]> Pairs<T>(Gen<T> values) => Gen.Select(values, values).Array[0, 140];

    private static void Compare<T>(Gen<T> values, Func<T, T, int> order)
        where T : unmanaged, IComparable<T>, IEquatable<T> =>
        Gen.Select(Pairs(values), values)
            .Sample(
                (pairs, constant) =>
                {
                    Check<EqualKernel, T>(pairs, constant, (a, b) => order(a, b) == 0);
                    Check<NotEqualKernel, T>(pairs, constant, (a, b) => order(a, b) != 0);
                    Check<LessKernel, T>(pairs, constant, (a, b) => order(a, b) < 0);
                    Check<LessOrEqualKernel, T>(pairs, constant, (a, b) => order(a, b) <= 0);
                }
            );

    private static void Check<TKernel, T>((T, T)[] pairs, T constant, Func<T, T, bool> holds)
        where TKernel : struct, ICompareKernel
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        var left = pairs.Select(p => p.Item1).ToArray();
        var right = pairs.Select(p => p.Item2).ToArray();
        var flags = new byte[pairs.Length];
        CompareDriver.Compare<TKernel, T>(left, right, flags);
        Assert.Equal(pairs.Select(p => holds(p.Item1, p.Item2)), flags.Select(f => f == 1));
        CompareDriver.CompareConstant<TKernel, T>(left, constant, flags);
        Assert.Equal(left.Select(x => holds(x, constant)), flags.Select(f => f == 1));
        CompareDriver.CompareConstant<TKernel, T>(left, constant, flags, exchange: true);
        Assert.Equal(left.Select(x => holds(constant, x)), flags.Select(f => f == 1));
    }

    private static void Arithmetic<T>(Gen<T> values)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T> =>
        Pairs(values)
            .Sample(pairs =>
            {
                var left = pairs.Select(p => p.Item1).ToArray();
                var right = pairs.Select(p => p.Item2).ToArray();
                var result = new T[pairs.Length];
                var sums = pairs
                    .Select(p => Int128.CreateTruncating(p.Item1) + Int128.CreateTruncating(p.Item2))
                    .ToArray();
                Assert.Equal(sums.All(Fits), CheckedArithmetic.TryAdd<T>(left, right, result));
                Assert.Equal(sums.Select(T.CreateTruncating), result);
                var differences = pairs
                    .Select(p => Int128.CreateTruncating(p.Item1) - Int128.CreateTruncating(p.Item2))
                    .ToArray();
                Assert.Equal(differences.All(Fits), CheckedArithmetic.TrySubtract<T>(left, right, result));
                Assert.Equal(differences.Select(T.CreateTruncating), result);

                static bool Fits(Int128 x) =>
                    x >= Int128.CreateTruncating(T.MinValue) && x <= Int128.CreateTruncating(T.MaxValue);
            });
}
