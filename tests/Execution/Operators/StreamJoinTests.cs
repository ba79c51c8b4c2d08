// Proves that joins of streams kept up step by step give what their batch forms give over the same rows, in whatever order times come,
// with rows dropped from memory and read back, over inputs that change, and across a restart; that a late row costs what depends on it
// and not the history; and that the batch form of a window join aggregates what a search through all right rows finds.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class StreamJoinTests
{
    private const int RowCount = 260;

    public static TheoryData<string, bool> Joins { get; } =
        new(
            from name in new[]
            {
                "asof",
                "asof inner",
                "asof near",
                "asof strict",
                "forward",
                "forward inner strict",
                "nearest",
                "nearest strict",
                "window",
                "prevailing",
                "band",
                "band left",
            }
            from few in new[] { false, true }
            select (name, few)
        );

    [Theory]
    [MemberData(nameof(Joins))]
    public void Steps_of_any_size_give_what_the_batch_form_gives(string name, bool keepsFew)
    {
        var derived = 0L;
        for (var seed = 0; seed < 3; seed++)
        {
            var source = Make(seed, RowCount, symbolCount: 4);
            var plan = KeyedPlan.Of(Plan(name, Half(source, true), Half(source, false))).Plan;
            derived += Prove(plan, source, seed, keepsFew);
        }

        Assert.Equal(keepsFew, derived > 0);
    }

    [Theory]
    [InlineData("asof")]
    [InlineData("asof inner")]
    [InlineData("forward")]
    [InlineData("nearest")]
    [InlineData("window")]
    [InlineData("prevailing")]
    [InlineData("band left")]
    public void Inputs_may_change_in_place(string name)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var source = Make(seed, RowCount, symbolCount: 3);
            var (rows, bars) = (Half(source, true), Bars(source));
            Prove(KeyedPlan.Of(Plan(name, rows, bars)).Plan, source, seed, keepsFew: seed == 1);
            Prove(KeyedPlan.Of(Plan(name, bars, rows)).Plan, source, seed, keepsFew: seed == 1);
            Prove(KeyedPlan.Of(Plan(name, bars, Bars(source))).Plan, source, seed, keepsFew: seed == 1);
        }
    }

    [Fact]
    public void A_row_that_is_looked_up_is_the_last_that_had_come_and_never_changes()
    {
        var source = Make(5, RowCount, symbolCount: 4);
        var plan = Lookup(source);
        Assert.Equal("LookupJoin", plan.Name);
        using var circuit = new TestCircuit(KeyedPlan.Of(plan).Plan, source);
        var random = new Random(5);
        while (circuit.Pushed < RowCount)
        {
            circuit.Step(Math.Min(random.Next(30), RowCount - circuit.Pushed));
            circuit.Check();
            Assert.All(circuit.LastCauses.Values, c => Assert.Equal(DeltaCause.New, c));
        }

        Assert.True(circuit.Operators.OfType<IncrementalAsofJoin>().Single().IsAppendOnly);
        Assert.Equal(0, circuit.DerivedRows);
    }

    [Fact]
    public void A_late_row_reads_back_what_depends_on_it_only()
    {
        var source = Make(9, 4000, symbolCount: 4);
        for (var i = 0; i < 4000; i++)
        {
            // Times ascend by a minute a row, but for the last row, which is of the middle.
            source.Rows[i][Time] = i == 3999 ? 2000 * 60_000_000_000L + 1 : i * 60_000_000_000L;
            source.Rows[i][Flag] = i % 2 == 0 && i != 3999;
        }

        using var circuit = new TestCircuit(
            KeyedPlan.Of(Plan("asof", Half(source, true), Half(source, false))).Plan,
            source,
            rowsKeptMax: 800
        );
        while (circuit.Pushed < 3999)
        {
            circuit.Step(Math.Min(100, 3999 - circuit.Pushed));
        }

        Assert.Equal(0, circuit.DerivedRows);
        circuit.Step(1);
        circuit.Check();
        Assert.InRange(circuit.DerivedRows, 1, 200);
    }

    [Theory]
    [InlineData(AsofDirection.Forward)]
    [InlineData(AsofDirection.Nearest)]
    public void What_depends_on_any_row_to_come_is_refused(AsofDirection direction)
    {
        var source = Make(1, 10);
        var scan = Scan(source);
        var plan = new AsofJoinNode(
            scan,
            scan,
            JoinKind.Left,
            [Column(scan, Sym)],
            [Column(scan, Sym)],
            Column(scan, Time),
            Column(scan, Time),
            direction,
            allowExactMatch: true,
            tolerance: null
        );
        var error = Assert.Throws<TickStoreException>(() => new TestCircuit(KeyedPlan.Of(plan).Plan, source));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains("yet to come", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_join_without_a_bound_on_time_is_refused()
    {
        var scan = Scan(Make(1, 10));
        var plan = new JoinNode(scan, scan, JoinKind.Inner, [Column(scan, Sym)], [Column(scan, Sym)]);
        var error = Assert.Throws<TickStoreException>(() => KeyedPlan.Of(plan));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains("forever", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3, 2, false)]
    [InlineData(-3, 2, true)]
    [InlineData(0, 0, true)]
    [InlineData(-9, -4, true)]
    [InlineData(2, 6, false)]
    public void A_window_join_aggregates_what_a_search_through_all_rows_finds(long start, long end, bool prevailing)
    {
        foreach (var (leftCount, rightCount) in new[] { (0, 20), (20, 0), (70, 90) })
        {
            var symbols = new SymbolTable();
            var left = Make(31, leftCount, 5, symbols);
            var right = Make(32, rightCount, 4, symbols);
            var (leftScan, rightScan) = (Scan(left, ScanOrder.Sequence), Scan(right, ScanOrder.Sequence));
            var plan = Window(leftScan, rightScan, start, end, prevailing);
            var expected = RowsOf(leftScan)
                .Select(l =>
                {
                    var same = RowsOf(rightScan).Where(r => Equals(r[Sym], l[Sym])).ToList();
                    var from = (long)l[Time]! + start;
                    var rows = same.Where(r => (long)r[Time]! >= from && (long)r[Time]! <= (long)l[Time]! + end)
                        .ToList();
                    if (prevailing && !rows.Exists(r => (long)r[Time]! == from))
                    {
                        rows.AddRange(
                            same.Where(r => (long)r[Time]! < from)
                                .OrderBy(r => ((long)r[Time]!, (long)r[Sequence]!))
                                .TakeLast(1)
                        );
                    }

                    var last = rows.Where(r => r[Note] is not null)
                        .OrderBy(r => ((long)r[Time]!, (long)r[Sequence]!))
                        .LastOrDefault();
                    var sum = rows.Sum(r => (long)(int)r[Int]!);
                    return l.Concat([(object?)(long)rows.Count, rows.Count == 0 ? null : sum, last?[Note]]);
                });
            TestQuery.Check(plan, expected, left, right);
        }
    }

    // Steps, a restart in the middle, and the batch form after each of them; returns the rows that were read back.
    private static long Prove(PlanNode plan, FakeTableSource source, int seed, bool keepsFew)
    {
        var keptMax = keepsFew ? 16 : 1 << 20;
        var random = new Random(seed);
        using var first = new TestCircuit(plan, source, rowsKeptMax: keptMax);
        while (first.Pushed < RowCount / 2)
        {
            first.Step(random.Next(seed == 0 ? 3 : 40));
            first.Check();
        }

        using var state = new MemoryStream();
        first.Save(state);
        state.Position = 0;
        using var second = new TestCircuit(plan, source, rowsKeptMax: keptMax);
        second.Load(state, first);
        second.Check();
        while (second.Pushed < RowCount)
        {
            second.Step(Math.Min(random.Next(seed == 0 ? 3 : 40), RowCount - second.Pushed));
            second.Check();
        }

        return first.DerivedRows + second.DerivedRows;
    }

    // The rows of a table whose flag is set, or is not.
    private static FilterNode Half(FakeTableSource source, bool isSet)
    {
        var scan = Scan(source);
        return new FilterNode(
            scan,
            new InListExpression(Column(scan, Flag), [ConstantValue.Of(isSet)], Negated: false)
        );
    }

    // Rows that change in place, in the columns of the table: the last quantity of each symbol and time.
    private static ProjectNode Bars(FakeTableSource source)
    {
        var scan = Scan(source);
        var bars = new AggregateNode(
            scan,
            [Column(scan, Time), Column(scan, Sym)],
            [
                IncrementalAggregateTests.MakeCall(scan, "last", Quantity),
                IncrementalAggregateTests.MakeCall(scan, "last", Note),
                IncrementalAggregateTests.MakeCall(scan, "max", Int),
                IncrementalAggregateTests.MakeCall(scan, "max", Sequence),
            ],
            ["ts", "sym", "qty", "note", "i", "_seq"]
        );
        BoundExpression[] columns =
        [
            .. Enumerable
                .Range(0, scan.Schema.ColumnCount)
                .Select(c =>
                    c switch
                    {
                        Time => Column(bars, 0),
                        Sym => Column(bars, 1),
                        Quantity => Column(bars, 2),
                        Note => Column(bars, 3),
                        Int => Column(bars, 4),
                        Sequence => Column(bars, 5),
                        _ => (BoundExpression)new ConstantExpression(ConstantValue.Null(scan.Schema[c].Type)),
                    }
                ),
        ];
        return new ProjectNode(bars, columns, [.. scan.Schema.Columns.Select(c => c.Name)]);
    }

    /// <summary>A join by name, of the rows of a table whose flag is set with those whose flag is not.</summary>
    internal static PlanNode PlanOf(string name, FakeTableSource source) =>
        name == "lookup" ? Lookup(source) : Plan(name, Half(source, true), Half(source, false));

    private static AsofJoinNode Lookup(FakeTableSource source)
    {
        var (left, right) = (Half(source, true), Half(source, false));
        return new AsofJoinNode(
            left,
            right,
            JoinKind.Left,
            [Column(left, Sym)],
            [Column(right, Sym)],
            Column(left, Sequence),
            Column(right, Sequence),
            AsofDirection.Backward,
            allowExactMatch: false,
            tolerance: null,
            Column(right, Sequence)
        );
    }

    private static PlanNode Plan(string name, PlanNode left, PlanNode right) =>
        name switch
        {
            "window" => Window(left, right, -3, 2, prevailing: false),
            "prevailing" => Window(left, right, -2, 0, prevailing: true),
            "band" => Band(left, right, JoinKind.Inner),
            "band left" => Band(left, right, JoinKind.Left),
            _ => Asof(
                left,
                right,
                name.Contains("inner", StringComparison.Ordinal) ? JoinKind.Inner : JoinKind.Left,
                !name.Contains("strict", StringComparison.Ordinal),
                name switch
                {
                    "asof near" or "nearest" or "nearest strict" => 4,
                    "forward" or "forward inner strict" => 3,
                    _ => -1,
                },
                name.StartsWith("forward", StringComparison.Ordinal) ? AsofDirection.Forward
                    : name.StartsWith("nearest", StringComparison.Ordinal) ? AsofDirection.Nearest
                    : AsofDirection.Backward
            ),
        };

    private static AsofJoinNode Asof(
        PlanNode left,
        PlanNode right,
        JoinKind kind,
        bool isExact,
        long tolerance,
        AsofDirection direction
    ) =>
        new(
            left,
            right,
            kind,
            [Column(left, Sym)],
            [Column(right, Sym)],
            Column(left, Time),
            Column(right, Time),
            direction,
            isExact,
            tolerance < 0 ? null : ConstantValue.Of(Interval.OfNanos(tolerance)),
            right is FilterNode ? Column(right, Sequence) : null
        );

    private static WindowJoinNode Window(PlanNode left, PlanNode right, long start, long end, bool prevailing)
    {
        // What is aggregated stands behind the left columns.
        var both = new JoinNode(left, right, JoinKind.Inner, [], []);
        var width = left.Schema.ColumnCount;
        AggregateCall Call(string name, params int[] columns)
        {
            var overload = FunctionRegistry
                .Aggregates[name]
                .Resolve([.. columns.Select(c => (DataType?)right.Schema[c].Type)])!;
            return new AggregateCall(
                overload,
                [
                    .. columns.Select(c => (BoundExpression)Column(both, width + c)),
                    .. name == "last"
                        ? [Column(both, width + Time), Column(both, width + Sequence)]
                        : Array.Empty<BoundExpression>(),
                ]
            );
        }

        return new WindowJoinNode(
            left,
            right,
            [Column(left, Sym)],
            [Column(right, Sym)],
            Column(left, Time),
            Column(right, Time),
            start,
            end,
            prevailing,
            [Call("count"), Call("sum", Int), Call("last", Note)],
            ["n", "s", "l"],
            right is AggregateNode or ProjectNode ? [] : [Column(right, Sequence)]
        );
    }

    private static JoinNode Band(PlanNode left, PlanNode right, JoinKind kind)
    {
        var both = new JoinNode(left, right, JoinKind.Inner, [], []);
        var (time, other) = (Column(both, Time), Column(both, left.Schema.ColumnCount + Time));
        BoundExpression Compare(string name, BoundExpression a, BoundExpression b) =>
            new CallExpression(FunctionRegistry.Scalars[name].Resolve([a.Type, b.Type])!, [a, b], false);
        BoundExpression Plus(BoundExpression a, long nanos) =>
            new CallExpression(
                FunctionRegistry.Scalars["+"].Resolve([a.Type, DataType.Interval])!,
                [a, new ConstantExpression(ConstantValue.Of(Interval.OfNanos(nanos)))],
                false
            );
        return new JoinNode(
            left,
            right,
            kind,
            [Column(left, Sym)],
            [Column(right, Sym)],
            new LogicalExpression(
                true,
                [
                    Compare(">=", other, Plus(time, -3)),
                    Compare("<", other, Plus(time, 3)),
                    new NotExpression(Compare("=", Column(both, Int), Column(both, left.Schema.ColumnCount + Int))),
                ],
                false
            )
        );
    }
}
