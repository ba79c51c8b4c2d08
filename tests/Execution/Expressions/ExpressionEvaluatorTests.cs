// Proves: AND, OR, NOT, IN, IS NULL, CASE and subscripts follow three-valued logic on random columns with NULLs; rows that are
// decided already are not evaluated and cannot fail; nothing is allocated batch by batch; all memory comes back.
using CsCheck;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Execution.Functions;
using TickStore.Tests.Support;

namespace TickStore.Tests.Execution.Expressions;

public sealed class ExpressionEvaluatorTests
{
    private static readonly DataType Int = DataType.BigInt;
    private static readonly Gen<bool?> Truth = Gen.Int[0, 2].Select(i => i == 2 ? (bool?)null : i == 1);

    [Fact]
    public void Logic_is_three_valued() =>
        Gen.Select(Truth, Truth, Truth)
            .Array[1, 60]
            .Sample(rows =>
            {
                using var sheet = new Sheet();
                ColumnVector[] columns =
                [
                    sheet.Column(DataType.Boolean, [.. rows.Select(r => (object?)r.Item1)]),
                    sheet.Column(DataType.Boolean, [.. rows.Select(r => (object?)r.Item2)]),
                    sheet.Column(DataType.Boolean, [.. rows.Select(r => (object?)r.Item3)]),
                ];
                BoundExpression[] plain = [Boolean(0), Boolean(1), Boolean(2)];
                // The same values through an operand that may fail, which takes the path of gathered rows.
                BoundExpression[] fallible =
                [
                    plain[0],
                    .. plain[1..]
                        .Select(p => new CastExpression(new CastExpression(p, DataType.Varchar), DataType.Boolean)),
                ];
                foreach (var operands in new[] { plain, fallible })
                {
                    Assert.Equal(
                        rows.Select(r => (object?)(r.Item1 & r.Item2 & r.Item3)),
                        sheet.Evaluate(new LogicalExpression(true, operands, true), columns)
                    );
                    Assert.Equal(
                        rows.Select(r => (object?)(r.Item1 | r.Item2 | r.Item3)),
                        sheet.Evaluate(new LogicalExpression(false, operands, true), columns)
                    );
                }

                Assert.Equal(rows.Select(r => (object?)!r.Item1), sheet.Evaluate(new NotExpression(plain[0]), columns));
                Assert.Equal(
                    rows.Select(r => (object?)(r.Item1 is null)),
                    sheet.Evaluate(new IsNullExpression(plain[0], false), columns)
                );
                Assert.Equal(
                    rows.Select(r => (object?)(r.Item1 is not null)),
                    sheet.Evaluate(new IsNullExpression(plain[0], true), columns)
                );
                using var predicate = new PredicateEvaluator(
                    new LogicalExpression(true, fallible, true),
                    sheet.Context
                );
                var selection = new Selection();
                predicate.Select(sheet.BatchOf(columns), selection);
                Assert.Equal(
                    rows.Index().Where(r => (r.Item.Item1 & r.Item.Item2 & r.Item.Item3) == true).Select(r => r.Index),
                    selection.Rows.ToArray()
                );
            });

    [Fact]
    public void Decided_rows_cannot_fail()
    {
        using var sheet = new Sheet();
        var x = sheet.Column(Int, 0L, 5L, 0L, null);
        var column = Sheet.Ref(0, Int);
        var isZero = Sheet.Call("=", column, Constant(0));
        var share = Sheet.Call("/", Constant(10), column);
        var guarded = new LogicalExpression(
            true,
            [new NotExpression(isZero), Sheet.Call(">", share, Constant(1))],
            true
        );
        Assert.Equal([false, true, false, null], sheet.Evaluate(guarded, x));
        var either = new LogicalExpression(false, [isZero, Sheet.Call(">", share, Constant(1))], true);
        Assert.Equal([true, true, true, null], sheet.Evaluate(either, x));
        var choice = new CaseExpression([(isZero, Constant(-1))], share, Int, true);
        Assert.Equal([-1L, 2L, -1L, null], sheet.Evaluate(choice, x));
        Assert.Equal(ErrorCode.DivisionByZero, Sheet.Fails(() => sheet.Evaluate(share, x)));
    }

    [Fact]
    public void Case_takes_the_first_branch_that_holds() =>
        Gen.Select(Truth, Truth, Gen.Int[0, 9])
            .Array[1, 60]
            .Sample(rows =>
            {
                using var sheet = new Sheet();
                ColumnVector[] columns =
                [
                    sheet.Column(DataType.Boolean, [.. rows.Select(r => (object?)r.Item1)]),
                    sheet.Column(DataType.Boolean, [.. rows.Select(r => (object?)r.Item2)]),
                    sheet.Column(
                        DataType.Varchar,
                        [.. rows.Select(r => (object?)(r.Item3 == 0 ? null : $"t{r.Item3}"))]
                    ),
                ];
                var text = Sheet.Ref(2, DataType.Varchar);
                var choice = new CaseExpression(
                    [
                        (Boolean(0), Sheet.Call("upper", text)),
                        (Boolean(1), new ConstantExpression(ConstantValue.Null(DataType.Varchar))),
                    ],
                    text,
                    DataType.Varchar,
                    true
                );
                var expected = rows.Select(r =>
                {
                    var value = r.Item3 == 0 ? null : $"t{r.Item3}";
                    return r.Item1 == true ? value?.ToUpperInvariant()
                        : r.Item2 == true ? null
                        : (object?)value;
                });
                Assert.Equal(expected, sheet.Evaluate(choice, columns));
            });

    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    public void In_finds_members_and_knows_null(int memberCount)
    {
        using var sheet = new Sheet();
        var members = Enumerable.Range(1, memberCount).Select(i => ConstantValue.Of(Int, i)).ToList();
        var column = sheet.Column(Int, 1L, 99L, null, (long)memberCount);
        Assert.Equal(
            [true, false, null, true],
            sheet.Evaluate(new InListExpression(Sheet.Ref(0, Int), members, false), column)
        );
        Assert.Equal(
            [false, true, null, false],
            sheet.Evaluate(new InListExpression(Sheet.Ref(0, Int), members, true), column)
        );
        members.Add(ConstantValue.Null(Int));
        Assert.Equal(
            [true, null, null, true],
            sheet.Evaluate(new InListExpression(Sheet.Ref(0, Int), members, false), column)
        );
        Assert.Equal(
            [false, null, null, false],
            sheet.Evaluate(new InListExpression(Sheet.Ref(0, Int), members, true), column)
        );
        var texts = sheet.Column(DataType.Varchar, "a", "b", null);
        var list = new InListExpression(
            Sheet.Ref(0, DataType.Varchar),
            [ConstantValue.Of("b"), ConstantValue.Of("c")],
            false
        );
        Assert.Equal([false, true, null], sheet.Evaluate(list, texts));
    }

    [Fact]
    public void Subscripts_count_from_one_and_end_with_null()
    {
        using var sheet = new Sheet();
        var type = DataType.Double.ArrayOf(2);
        var source = sheet.Column(DataType.Varchar, "{1,2}", null, "{3,4}");
        var array = new CastExpression(Sheet.Ref(0, DataType.Varchar), type);
        Assert.Equal([2.0, null, 4.0], sheet.Evaluate(new SubscriptExpression(array, Constant(2)), source));
        Assert.Equal([null, null, null], sheet.Evaluate(new SubscriptExpression(array, Constant(3)), source));
        var levels = sheet.Column(Int, 1L, 1L, 0L);
        Assert.Equal(
            [1.0, null, null],
            sheet.Evaluate(new SubscriptExpression(array, Sheet.Ref(1, Int)), source, levels)
        );
        Assert.Equal([3.0, null, 7.0], sheet.Evaluate(Sheet.Call("array_sum", array), source));
        Assert.Equal([1.0, null, 3.0], sheet.Evaluate(Sheet.Call("array_min", array), source));
        Assert.Equal([1.5, null, 3.5], sheet.Evaluate(Sheet.Call("array_avg", array), source));
        Assert.Equal([2L, null, 2L], sheet.Evaluate(Sheet.Call("array_length", array), source));
        Assert.Equal(["{1,2}", null, "{3,4}"], sheet.Evaluate(new CastExpression(array, DataType.Varchar), source));
    }

    [Fact]
    public void Casts_round_and_refuse_as_postgresql()
    {
        using var sheet = new Sheet();
        var dec = DataType.Decimal(6, 2);
        Assert.Equal([2L, 4L, -3L], sheet.Cast(sheet.Column(DataType.Double, 2.5, 3.5, -2.6), Int));
        Assert.Equal([3L, -3L], sheet.Cast(sheet.Column(dec, 250L, -250L), Int));
        Assert.Equal(
            [29L, 185498L, null],
            sheet.Cast(sheet.Column(DataType.Double, 0.285, 1854.980000000000018, null), dec)
        );
        Assert.Equal(
            [0.1, 1e17 / 1e18],
            sheet.Cast(
                sheet.Column(DataType.Decimal(18, 18), 100_000_000_000_000_000L, 100_000_000_000_000_000L),
                DataType.Double
            )
        );
        Assert.Equal(["1.50", "-0.05", null], sheet.Cast(sheet.Column(dec, 150L, -5L, null), DataType.Varchar));
        Assert.Equal([1L, null], sheet.Cast(sheet.Column(DataType.Varchar, " 1 ", null), Int));
        Assert.Equal(["x"], sheet.Cast(sheet.Column(DataType.Symbol, "x"), DataType.Varchar));
        Assert.Equal(["x"], sheet.Cast(sheet.Column(DataType.Varchar, "x"), DataType.Symbol));
        Assert.Equal([Interval.NanosPerDay], sheet.Cast(sheet.Column(DataType.Date, 1L), DataType.Timestamp));
        Assert.Equal([-1L], sheet.Cast(sheet.Column(DataType.Timestamp, -1L), DataType.Date));
        Fails(ErrorCode.NumericOverflow, sheet.Column(Int, 70_000L), DataType.SmallInt);
        Fails(ErrorCode.NumericOverflow, sheet.Column(DataType.Double, double.NaN), dec);
        Fails(ErrorCode.NumericOverflow, sheet.Column(DataType.Double, 9.3e18), Int);
        Fails(ErrorCode.NumericOverflow, sheet.Column(Int, 10_000L), dec);
        Fails(ErrorCode.InvalidText, sheet.Column(DataType.Varchar, "1x"), Int);
        Fails(ErrorCode.InvalidText, sheet.Column(DataType.Varchar, "never seen"), DataType.Symbol);
        Fails(ErrorCode.TypeMismatch, sheet.Column(DataType.Date, 1L), DataType.Double);

        void Fails(ErrorCode code, ColumnVector column, DataType type) =>
            Assert.Equal(code, Sheet.Fails(() => sheet.Cast(column, type)));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var sheet = new Sheet();
        var column = sheet.Column(
            Int,
            [.. Enumerable.Range(0, 1000).Select(i => (object?)(i % 7 == 0 ? null : (long)i))]
        );
        var sum = Sheet.Call("+", Sheet.Ref(0, Int), Constant(3));
        var isLarge = Sheet.Call(">", sum, Constant(500));
        var choice = new CaseExpression([(isLarge, Sheet.Call("*", sum, sum))], sum, Int, true);
        var predicate = new LogicalExpression(true, [isLarge, Sheet.Call("<", choice, Constant(500_000))], true);
        using var evaluator = new PredicateEvaluator(predicate, sheet.Context);
        var batch = sheet.BatchOf(column);
        var selection = new Selection();
        for (var i = 0; i < 50; i++)
        {
            evaluator.Select(batch, selection);
        }

        Assert.Equal(0, Allocation.OfThread(() => evaluator.Select(batch, selection)));
        Assert.True(selection.Count > 0);
    }

    [Fact]
    public void Constants_fold()
    {
        using var sheet = new Sheet();
        Assert.Equal(
            ConstantValue.Of(Int, 7),
            ExpressionEvaluator.EvaluateConstant(Sheet.Call("+", Constant(3), Constant(4)), sheet.Context)
        );
    }

    private static ConstantExpression Constant(long value) => new(ConstantValue.Of(Int, value));

    private static ColumnExpression Boolean(int index) => Sheet.Ref(index, DataType.Boolean);
}
