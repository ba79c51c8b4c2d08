// Proves: every aggregate gives the same bits whatever the order of the rows, their split into batches, runs and states, and
// the way they are added (law 2); sums equal rational arithmetic rounded once; the rest equals a slow twin.
using System.Numerics;
using CsCheck;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Functions;

public sealed class AggregateTests
{
    private static readonly double[] EdgeReals =
    [
        0.0,
        -0.0,
        double.Epsilon,
        double.MaxValue,
        -double.MaxValue,
        1e300,
        1e-300,
    ];

    private static readonly Gen<double> Reals = Gen.Frequency(
        (10, Gen.Int[-1_000_000, 1_000_000].Select(x => x / 100.0)),
        (2, Gen.Double),
        (2, Gen.Double[-1e-9, 1e-9]),
        (1, Gen.Int[0, EdgeReals.Length - 1].Select(i => EdgeReals[i]))
    );

    public static TheoryData<string> Names() => [.. FunctionRegistry.Aggregates.Keys.Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Order_split_and_path_do_not_matter(string name)
    {
        foreach (var types in Overloads(name))
        {
            Gen.Select(Rows(types), Gen.Int[1, 40], Gen.Int[0, int.MaxValue])
                .Sample((rows, split, seed) => CheckIndependence(name, types, rows, split, seed), iter: 30);
        }
    }

    [Fact]
    public void Sum_of_double_equals_rational_arithmetic() =>
        Reals
            .Array[0, 300]
            .Sample(values =>
            {
                using var sheet = new Sheet();
                var exact = values.Aggregate(BigInteger.Zero, (sum, x) => sum + ToUnits(x));
                var expected = Round(exact);
                var sum = Aggregate(sheet, "sum", [DataType.Double], [.. values.Select(x => new object?[] { x })]);
                Assert.Equal(values.Length == 0 ? null : expected, sum);
            });

    [Fact]
    public void Sum_of_double_knows_nan_and_infinity()
    {
        using var sheet = new Sheet();
        Assert.Equal(double.NaN, Sum(1, double.NaN));
        Assert.Equal(double.PositiveInfinity, Sum(1, double.PositiveInfinity, -1e300));
        Assert.Equal(double.NaN, Sum(double.PositiveInfinity, double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, Sum(double.MaxValue, double.MaxValue));
        Assert.Equal(1.0, Sum(double.MaxValue, 1, -double.MaxValue));
        Assert.Equal(0.1 + 0.2, (double)Sum(0.1, 0.1, 0.1, -1e20, 1e20)!, 1e-15);

        object? Sum(params double[] values) =>
            Aggregate(sheet, "sum", [DataType.Double], [.. values.Select(x => new object?[] { x })]);
    }

    [Fact]
    public void Variance_equals_exact_arithmetic() =>
        Gen.Int[-100_000, 100_000]
            .Array[2, 60]
            .Sample(values =>
            {
                using var sheet = new Sheet();
                // Far from zero, where the textbook formula over DOUBLE loses every digit.
                var rows = values.Select(v => new object?[] { 1e9 + v }).ToArray();
                var n = values.Length;
                var numerator =
                    (n * values.Sum(v => (long)v * v)) - (values.Sum(v => (long)v) * values.Sum(v => (long)v));
                Assert.Equal(
                    (double)numerator / ((long)n * (n - 1)),
                    (double)Aggregate(sheet, "variance", [DataType.Double], rows)!,
                    1e-6
                );
                Assert.Equal(
                    (double)numerator / ((long)n * n),
                    (double)Aggregate(sheet, "var_pop", [DataType.Double], rows)!,
                    1e-6
                );
            });

    [Fact]
    public void Small_answers()
    {
        using var sheet = new Sheet();
        var dec = DataType.Decimal(10, 2);
        object?[][] trades =
        [
            [1000L, 10L],
            [1010L, 30L],
            [null, 5L],
            [990L, null],
        ];
        Assert.Equal(10.075, Aggregate(sheet, "vwap", [dec, DataType.BigInt], trades));
        Assert.Equal(10.0, Aggregate(sheet, "avg", [dec, DataType.BigInt], trades, arguments: 1));
        Assert.Equal(3000L, Aggregate(sheet, "sum", [dec, DataType.BigInt], trades, arguments: 1));
        Assert.Equal(3L, Aggregate(sheet, "count", [dec, DataType.BigInt], trades, arguments: 1));
        Assert.Equal(4L, Aggregate(sheet, "count", [dec, DataType.BigInt], trades, arguments: 0));
        Assert.Equal(990L, Aggregate(sheet, "last", [dec, DataType.BigInt], trades, arguments: 1));
        Assert.Equal(1000L, Aggregate(sheet, "first", [dec, DataType.BigInt], trades, arguments: 1));
        Assert.Equal(1010L, Aggregate(sheet, "arg_max", [dec, DataType.BigInt], trades));
        object?[][] points =
        [
            [1.0, 2.0],
            [2.0, 4.0],
            [3.0, 6.0],
            [null, 1.0],
        ];
        Assert.Equal(1.0, Aggregate(sheet, "corr", [DataType.Double, DataType.Double], points));
        Assert.Equal(2.0, Aggregate(sheet, "covar_samp", [DataType.Double, DataType.Double], points));
        Assert.Equal(2.0, Aggregate(sheet, "median", [DataType.Double, DataType.Double], points, arguments: 1));
        Assert.Equal(1.0, Aggregate(sheet, "stddev", [DataType.Double, DataType.Double], points, arguments: 1));
        Assert.Equal(
            "b",
            Aggregate(
                sheet,
                "max",
                [DataType.Symbol],
                [
                    ["b"],
                    ["a"],
                ]
            )
        );
        Assert.Equal(
            2.5,
            Aggregate(
                sheet,
                "quantile_cont",
                [DataType.Double, DataType.Double],
                [
                    [1.0, 0.75],
                    [2.0, 0.75],
                    [3.0, 0.75],
                ]
            )
        );
    }

    [Fact]
    public void Integer_sum_overflows_only_when_it_is_read()
    {
        using var sheet = new Sheet();
        object?[][] rows =
        [
            [long.MaxValue],
            [1L],
            [-1L],
        ];
        Assert.Equal(long.MaxValue, Aggregate(sheet, "sum", [DataType.BigInt], rows));
        Assert.Equal(
            ErrorCode.NumericOverflow,
            Sheet.Fails(() => Aggregate(sheet, "sum", [DataType.BigInt], rows[..2]))
        );
    }

    private static IEnumerable<DataType[]> Overloads(string name)
    {
        DataType[] types =
        [
            DataType.Double,
            DataType.BigInt,
            DataType.Decimal(12, 3),
            DataType.Int,
            DataType.Real,
            DataType.Varchar,
            DataType.Symbol,
            DataType.Interval,
            DataType.Boolean,
            DataType.Timestamp,
            DataType.SmallInt,
        ];
        var function = FunctionRegistry.Aggregates[name];
        var found = types
            .Select(t => new[] { t })
            .Concat(types[..4].SelectMany(t => new[] { new[] { t, DataType.BigInt }, [t, DataType.Double] }))
            .Where(t =>
                function.Resolve([.. t.Select(x => (DataType?)x)]) is { } overload
                && overload.ArgumentTypes.SequenceEqual(t)
            )
            .ToList();
        Assert.NotEmpty(found);
        return found;
    }

    private static Gen<object?[][]> Rows(DataType[] types)
    {
        var cells = types
            .Select(type =>
                Gen.Frequency(
                    (1, Gen.Const((object?)null)),
                    (
                        5,
                        type.Kind switch
                        {
                            TypeKind.Double => Reals.Select(x => (object?)Math.Abs(x % 1)),
                            TypeKind.Real => Reals.Select(x => (object?)(float)(x % 1e6)),
                            TypeKind.Varchar or TypeKind.Symbol => Gen.Int[0, 30]
                                .Select(x => (object?)(new string('x', x % 7) + x)),
                            TypeKind.Boolean => Gen.Bool.Select(x => (object?)x),
                            TypeKind.Interval => Gen.Int[0, 3].Select(x => (object?)new Interval(x, -30 * x, x % 2)),
                            TypeKind.SmallInt => Gen.Short.Select(x => (object?)(long)x),
                            TypeKind.Int => Gen.Int.Select(x => (object?)(long)x),
                            _ => Gen.Long[-1_000_000_000, 1_000_000_000].Select(x => (object?)x),
                        }
                    )
                )
            )
            .ToArray();
        return (
            cells.Length == 1
                ? cells[0].Select(a => new object?[] { a })
                : Gen.Select(cells[0], cells[1]).Select(p => new object?[] { p.Item1, p.Item2 })
        ).Array[0, 120];
    }

    // The straight way: all rows to one group by group ids. The other ways: shuffled, in runs, in several states merged.
    private static void CheckIndependence(string name, DataType[] types, object?[][] rows, int split, int seed)
    {
        using var sheet = new Sheet();
        var expected = Aggregate(sheet, name, types, rows);
        var overload = Overload(name, types);
        var order = Enumerable.Range(0, rows.Length).ToArray();
        new Random(seed).Shuffle(order);
        using var total = overload.CreateState(sheet.Context);
        total.EnsureGroups(4);
        for (var start = 0; start < rows.Length; start += split)
        {
            var part = order[start..Math.Min(start + split, rows.Length)];
            var columns = Columns(sheet, overload, types, rows, part);
            using var state = overload.CreateState(sheet.Context);
            state.EnsureGroups(2);
            var middle = part.Length / 2;
            state.UpdateRun(columns, 0, middle, 1);
            state.UpdateRun(columns, middle, part.Length - middle, 1);
            total.Merge(state, [0, 3]);
        }

        using var result = ColumnVector.Allocate(overload.ReturnType, 4, sheet.Pool);
        total.AppendResults(0, 4, result);
        var empty = name == "count" ? (object)0L : null;
        Assert.Equal([empty, empty, empty, expected], sheet.Read(result).Select(Exact));

        // After a reset nothing is left of the rows.
        total.Reset();
        total.EnsureGroups(1);
        result.SetRowCount(0);
        total.AppendResults(0, 1, result);
        Assert.Equal([empty], sheet.Read(result));
    }

    private static AggregateOverload Overload(string name, DataType[] types)
    {
        var overload = FunctionRegistry.Aggregates[name].Resolve([.. types.Select(t => (DataType?)t)]);
        Assert.NotNull(overload);
        return overload;
    }

    private static ColumnVector[] Columns(
        Sheet sheet,
        AggregateOverload overload,
        DataType[] types,
        object?[][] rows,
        int[] order
    )
    {
        var columns = types.Select((t, k) => sheet.Column(t, [.. order.Select(i => rows[i][k])])).ToList();
        Assert.Equal(types, overload.ArgumentTypes);
        if (overload.Function.IsOrderSensitive)
        {
            // Times repeat, so that the sequence has to decide.
            columns.Add(sheet.Column(DataType.Timestamp, [.. order.Select(i => (object?)(long)(i / 3))]));
            columns.Add(sheet.Column(DataType.BigInt, [.. order.Select(i => (object?)(long)i)]));
        }

        return [.. columns];
    }

    private static object? Aggregate(Sheet sheet, string name, DataType[] types, object?[][] rows, int arguments = -1)
    {
        types = arguments < 0 ? types : types[..arguments];
        var overload = Overload(name, types);
        using var state = overload.CreateState(sheet.Context);
        state.EnsureGroups(1);
        var columns = Columns(sheet, overload, types, rows, [.. Enumerable.Range(0, rows.Length)]);
        state.Update(columns, new int[rows.Length]);
        using var result = ColumnVector.Allocate(overload.ReturnType, 1, sheet.Pool);
        state.AppendResults(0, 1, result);
        return Exact(sheet.Read(result)[0]);
    }

    // -0 and 0 are different bits; a test that took them as equal would miss an order that shows.
    private static object? Exact(object? value) => value is double x && x == 0 && double.IsNegative(x) ? "-0" : value;

    private static BigInteger ToUnits(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52);
        return (mantissa << (Math.Max(exponent, 1) - 1)) * (bits < 0 ? -1 : 1);
    }

    // Units of 2^-1074 rounded to DOUBLE by search among neighbours, with none of the product's tricks.
    private static object Round(BigInteger units)
    {
        var low = 0L;
        var high = 0x7FF0000000000000L;
        var magnitude = BigInteger.Abs(units);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = ToUnits(BitConverter.Int64BitsToDouble(middle)) <= magnitude ? (middle, high) : (low, middle);
        }

        var below = ToUnits(BitConverter.Int64BitsToDouble(low));
        var above = high == 0x7FF0000000000000L ? below * 2 : ToUnits(BitConverter.Int64BitsToDouble(high));
        above = high == 0x7FF0000000000000L ? BigInteger.One << 2098 : above;
        var order = (magnitude - below).CompareTo(above - magnitude);
        var bits = order < 0 || (order == 0 && low % 2 == 0) ? low : high;
        return BitConverter.Int64BitsToDouble(bits) * (units.Sign < 0 ? -1 : 1);
    }
}
