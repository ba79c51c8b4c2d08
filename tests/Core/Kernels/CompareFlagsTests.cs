// The vectorised comparisons give, for every type, operator, length and constant (NaN, -0 and extremes among them), the
// flags that one comparison a row gives, and clear flags only: what was 0 stays 0.
using System.Numerics;
using TickStore.Core;

namespace TickStore.Tests.Core.Kernels;

public sealed class CompareFlagsTests
{
    private static readonly ScanOperator[] Operators =
    [
        ScanOperator.Equal,
        ScanOperator.NotEqual,
        ScanOperator.Less,
        ScanOperator.LessOrEqual,
        ScanOperator.Greater,
        ScanOperator.GreaterOrEqual,
    ];

    [Fact]
    public void Flags_are_those_of_one_comparison_a_row()
    {
        Check<byte>([0, 1, 127, 128, 255]);
        Check<short>([short.MinValue, -1, 0, 1, short.MaxValue]);
        Check<int>([int.MinValue, -1, 0, 1, int.MaxValue]);
        Check<long>([long.MinValue, -1, 0, 1, long.MaxValue]);
        Check<float>([float.NaN, float.NegativeInfinity, -1.5f, -0.0f, 0.0f, 1.5f, float.PositiveInfinity]);
        Check<double>([double.NaN, double.NegativeInfinity, -1.5, -0.0, 0.0, 1.5, double.PositiveInfinity]);
    }

    [Fact]
    public void Other_operators_and_lengths_are_refused()
    {
        Assert.Throws<TickStoreException>(() => CompareFlags.And<int>([1], ScanOperator.In, 1, new byte[1]));
        Assert.Throws<TickStoreException>(() =>
            CompareFlags.And<double>([1], ScanOperator.IsNull, double.NaN, new byte[1])
        );
        Assert.Throws<TickStoreException>(() => CompareFlags.And<int>([1], ScanOperator.Equal, 1, new byte[2]));
    }

    private static void Check<T>(T[] some)
        where T : unmanaged, INumber<T>
    {
        var random = new Random(3);
        foreach (var count in new[] { 0, 1, 3, 4, 7, 8, 15, 16, 31, 33, 63, 64, 65, 127, 130, 1024 })
        {
            var values = Enumerable.Range(0, count).Select(_ => some[random.Next(some.Length)]).ToArray();
            foreach (var constant in some)
            {
                foreach (var comparison in Operators)
                {
                    var flags = Enumerable.Range(0, count).Select(_ => (byte)(random.Next(8) == 0 ? 0 : 1)).ToArray();
                    var expected = flags
                        .Select((flag, i) => flag != 0 && Holds(values[i], comparison, constant) ? (byte)1 : (byte)0)
                        .ToArray();
                    CompareFlags.And(values, comparison, constant, flags);
                    Assert.Equal(expected, flags);
                }
            }
        }
    }

    private static bool Holds<T>(T left, ScanOperator comparison, T right)
        where T : INumber<T>
    {
        var order =
            T.IsNaN(left) ? (T.IsNaN(right) ? 0 : 1)
            : T.IsNaN(right) ? -1
            : left < right ? -1
            : left > right ? 1
            : 0;
        return comparison switch
        {
            ScanOperator.Equal => order == 0,
            ScanOperator.NotEqual => order != 0,
            ScanOperator.Less => order < 0,
            ScanOperator.LessOrEqual => order <= 0,
            ScanOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
