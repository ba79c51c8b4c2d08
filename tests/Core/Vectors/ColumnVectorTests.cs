// Proves that vectors keep values, nulls and text through growth, ranges, gathers and views, for every width: random
// operations on a vector and on a plain list of the same values must agree.
using System.Text;
using CsCheck;
using TickStore.Core;

namespace TickStore.Tests.Core.Vectors;

public sealed class ColumnVectorTests
{
    private readonly BlockPool pool = new(new MemoryBudget(1 << 28, "test"));
    private readonly SymbolTable symbols = new();

    private static readonly DataType[] Types =
    [
        DataType.Boolean,
        DataType.SmallInt,
        DataType.Int,
        DataType.BigInt,
        DataType.Real,
        DataType.Double,
        DataType.Decimal(18, 2),
        DataType.Timestamp,
        DataType.Date,
        DataType.Interval,
        DataType.Symbol,
        DataType.Varchar,
        DataType.Double.ArrayOf(3),
        DataType.SmallInt.ArrayOf(2),
        DataType.Boolean.ArrayOf(5),
    ];

    [Fact]
    public void Appends_ranges_and_gathers_equal_those_of_a_list() =>
        Gen.Select(Gen.Int[0, Types.Length - 1], Gen.Int[0, 40].Array[1, 12], Gen.Int[0, 1000])
            .Sample(
                (typeIndex, steps, seed) =>
                {
                    var type = Types[typeIndex];
                    var random = new Random(seed);
                    using var source = ColumnVector.Allocate(type, 1, pool);
                    using var target = ColumnVector.Allocate(type, 1, pool);
                    var sourceTexts = new List<string?>();
                    var expected = new List<string?>();
                    for (var i = 0; i < 50; i++)
                    {
                        sourceTexts.Add(random.Next(4) == 0 ? null : TextOf(type, random.Next(2)));
                        Append(source, sourceTexts[^1]);
                    }

                    foreach (var step in steps)
                    {
                        if (step % 3 == 0)
                        {
                            Append(target, sourceTexts[step]);
                            expected.Add(sourceTexts[step]);
                        }
                        else if (step % 3 == 1)
                        {
                            VectorCopy.AppendRange(source, step, 50 - step, target);
                            expected.AddRange(sourceTexts[step..]);
                        }
                        else
                        {
                            int[] rows = [step, -1, 0, step];
                            VectorCopy.AppendGather(source, rows, target);
                            expected.AddRange(rows.Select(r => r < 0 ? null : sourceTexts[r]));
                        }
                    }

                    using var view = ColumnVector.CreateView(type);
                    view.Borrow(target, expected.Count / 3, expected.Count - (expected.Count / 3));
                    return Texts(target).SequenceEqual(expected)
                        && Texts(view).SequenceEqual(expected.Skip(expected.Count / 3));
                }
            );

    [Fact]
    public void A_level_of_an_array_is_a_plain_vector()
    {
        using var bids = ColumnVector.Allocate(DataType.Double.ArrayOf(3), 1, pool);
        Append(bids, "{1,2,3}");
        Append(bids, "{4,5,6}");
        using var second = ColumnVector.CreateView(DataType.Double);
        second.Borrow(bids, 0, 2, level: 1);
        Assert.Equal([2.0, 5.0], second.Values<double>().ToArray());
    }

    [Fact]
    public void Clearing_forgets_nulls_and_text()
    {
        foreach (var type in Types)
        {
            using var vector = ColumnVector.Allocate(type, 4, pool);
            vector.AppendNull();
            Assert.True(vector.MayHaveNulls && vector.IsNull(0));
            vector.SetRowCount(0);
            Assert.False(vector.MayHaveNulls);
            Append(vector, TextOf(type, 1));
            Assert.Equal([TextOf(type, 1)], Texts(vector));
        }
    }

    [Fact]
    public void Batches_return_all_leases()
    {
        var own = new BlockPool(new MemoryBudget(1 << 24, "test"));
        var schema = new BatchSchema([.. Types.Select((t, i) => new ColumnSchema($"c{i}", t))]);
        using (var batch = Batch.Allocate(schema, 10, own))
        {
            for (var i = 0; i < Types.Length; i++)
            {
                Append(batch[i], TextOf(Types[i], 0));
                batch[i].AppendNull();
            }

            batch.SetRowCount(2);
            using var copy = Batch.Allocate(schema, 1, own);
            copy.AppendRange(batch, 0, 2);
            copy.AppendGather(batch, [1, 0]);
            Assert.Equal(4, copy.RowCount);
            Assert.Equal([TextOf(Types[11], 0), null, null, TextOf(Types[11], 0)], Texts(copy[11]));
            Assert.True(own.LeaseCount > 0);
        }

        Assert.Equal((0, 0), (own.LeaseCount, own.Budget.UsedBytes));
    }

    private static string TextOf(DataType type, int variant)
    {
        var scalar = (type.Kind, variant) switch
        {
            (TypeKind.Boolean, 0) => "true",
            (TypeKind.Boolean, _) => "false",
            (TypeKind.Decimal, 0) => "-1.25",
            (TypeKind.Decimal, _) => "7.00",
            (TypeKind.Timestamp, 0) => "2023-02-01T09:30:00Z",
            (TypeKind.Timestamp, _) => "1970-01-01T00:00:00Z",
            (TypeKind.Date, 0) => "2023-02-01",
            (TypeKind.Date, _) => "1969-12-31",
            (TypeKind.Interval, 0) => "1 month",
            (TypeKind.Interval, _) => "00:00:01",
            (TypeKind.Symbol or TypeKind.Varchar, 0) => "text 茅",
            (TypeKind.Symbol or TypeKind.Varchar, _) => string.Empty,
            (_, 0) => "-12",
            (_, _) => "34",
        };
        return type.IsArray ? "{" + string.Join(',', Enumerable.Repeat(scalar, type.Depth)) + "}" : scalar;
    }

    private void Append(ColumnVector vector, string? text)
    {
        if (text is null)
        {
            vector.AppendNull();
        }
        else
        {
            Assert.Equal(TextStatus.Ok, VectorTextReader.TryAppend(Encoding.UTF8.GetBytes(text), vector, symbols));
        }
    }

    private List<string?> Texts(ColumnVector vector) =>
        [.. Enumerable.Range(0, vector.RowCount).Select(r => VectorTextWriter.ToText(vector, r, symbols))];
}
