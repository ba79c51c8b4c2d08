// Proves that factors kept up step by step, rows of all times coming in any order, give what the batch form gives to the bit; that a late
// row of a long key reads back the rows within reach of it and no more, be they sparse or not, and under functions that remember all of
// the past a small multiple of the rows behind it; and that steps in order allocate nothing.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Support;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class IncrementalContextTests
{
    private const long Minute = 60_000_000_000;
    private const int LongCount = 4000;

    private FakeTableSource source = Make(9, 1, symbolCount: 1);

    [Theory]
    [InlineData("rows")]
    [InlineData("time")]
    [InlineData("nested")]
    [InlineData("sparse")]
    [InlineData("unbounded")]
    public void Steps_of_any_size_give_what_the_batch_form_gives(string name)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var source = Make(seed, 600, symbolCount: 3);
            var random = new Random(seed);
            for (var row = 0; row < 600; row++)
            {
                // In order for the most part, so that reaches end before the newest row; ties now and then.
                source.Rows[row][Time] = Minute * (random.Next(8) == 0 ? random.Next(row + 1) : row / 2);
            }

            using var circuit = new TestCircuit(KeyedPlan.Of(Plan(name, source)).Plan, source);
            while (circuit.Pushed < 600)
            {
                circuit.Step(Math.Min(1 + random.Next(seed % 2 == 0 ? 4 : 60), 600 - circuit.Pushed));
                circuit.Check();
            }

            Assert.NotEqual(0, circuit.DerivedRows);
        }
    }

    [Theory]
    [InlineData("rows", LongCount / 2, 100)]
    [InlineData("rows", LongCount - 10, 100)]
    [InlineData("time", LongCount / 2, 150)]
    [InlineData("nested", LongCount / 2, 200)]
    [InlineData("sparse", LongCount / 2, 1500)]
    public void A_late_row_reads_back_what_is_within_reach_of_it(string name, int place, int rowsMax)
    {
        var circuit = PushLong(name, place);
        circuit.Step(1);
        circuit.Check();
        Assert.InRange(circuit.DerivedRows, 1, rowsMax);
        circuit.Dispose();
    }

    [Theory]
    [InlineData("unbounded", 10)]
    [InlineData("unbounded", 300)]
    [InlineData("unbounded", 1500)]
    [InlineData("ema", 10)]
    [InlineData("ema", 1500)]
    [InlineData("cumsum", 10)]
    [InlineData("cumsum", 1500)]
    [InlineData("rsi", 10)]
    [InlineData("rsi", 1500)]
    [InlineData("macd", 10)]
    [InlineData("macd", 1500)]
    public void A_late_row_under_an_unbounded_function_reads_what_lies_behind_it(string name, int rowsBehind)
    {
        const int rowCount = 8_000;
        var place = rowCount - 41 - rowsBehind;
        using var circuit = PushLong(name, place, after: 40, rowCount);
        circuit.Step(1);
        circuit.Check();

        // What it changes, in the sparsity of the snapshots, and a stride or two of them.
        Assert.InRange(circuit.DerivedRows, 1, (4 * rowsBehind) + 600);

        // And the next one is as cheap, for the snapshots behind the first were taken anew.
        var derived = circuit.DerivedRows;
        source.Rows[rowCount - 40][Time] = (place * Minute) + 2;
        circuit.Step(1);
        circuit.Check();
        Assert.InRange(circuit.DerivedRows - derived, 1, (4 * rowsBehind) + 600);

        derived = circuit.DerivedRows;
        circuit.Step(39);
        circuit.Check();
        Assert.Equal(derived, circuit.DerivedRows);
    }

    [Fact]
    public void Snapshots_are_few_and_go_with_the_state()
    {
        var source = MakeLong("macd", LongCount, 0, late: -1);
        var plan = KeyedPlan.Of(Plan("macd", source)).Plan;
        using var first = new TestCircuit(plan, source, rowsKeptMax: 1 << 15);
        while (first.Pushed < LongCount - 2)
        {
            first.Step(2);
        }

        var snapshots = ((IncrementalContext)first.Operators[^1]).Snapshots.Count;
        Assert.InRange(snapshots, 5, 14);
        using var second = new TestCircuit(plan, source, rowsKeptMax: 1 << 15);
        using var stream = new MemoryStream();
        first.Save(stream);
        stream.Position = 0;
        second.Load(stream, first);
        Assert.Equal(snapshots, ((IncrementalContext)second.Operators[^1]).Snapshots.Count);
        source.Rows[LongCount - 2][Time] = ((LongCount - 100) * Minute) + 1;
        second.Step(2);
        second.Check();
        Assert.InRange(second.DerivedRows, 1, 420);
    }

    [Fact]
    public void Snapshots_that_would_take_too_much_grow_sparser()
    {
        var source = MakeLong("unbounded", LongCount, 0, late: -1);
        var plan = KeyedPlan.Of(Plan("unbounded", source)).Plan;
        using var circuit = new TestCircuit(plan, source, budgetBytes: 3L << 20, rowsKeptMax: 1 << 14);
        var context = (IncrementalContext)circuit.Operators[^1];
        context.Snapshots.LimitBytes = 512;
        while (circuit.Pushed < LongCount - 1)
        {
            circuit.Step(1);
        }

        Assert.InRange(context.Snapshots.Sparsity, 8, 1 << 10);
        Assert.InRange(context.Snapshots.Count, 1, 8);
        source.Rows[LongCount - 1][Time] = ((LongCount - 100) * Minute) + 1;
        circuit.Step(1);
        circuit.Check();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newest_bar_that_changes_in_place_reads_nothing_back(bool isBounded)
    {
        source = Make(3, 400, symbolCount: 2);
        for (var i = 0; i < 400; i++)
        {
            source.Rows[i][Time] = Minute * (i / 8);
            source.Rows[i][Price] = (double)(i * 7 % 101);
        }

        var plan = KeyedPlan.Of(OverBars(source, isBounded)).Plan;
        using var circuit = new TestCircuit(plan, source, rowsKeptMax: 1 << 14);
        while (circuit.Pushed < 390)
        {
            circuit.Step(1 + (circuit.Pushed % 3));
            circuit.Check();
        }

        Assert.Equal(0, circuit.DerivedRows);

        // A bar of the past that changes has bars from there on read, and then all is as before.
        source.Rows[circuit.Pushed][Time] = 45 * Minute;
        circuit.Step(1);
        circuit.Check();
        var derived = circuit.DerivedRows;
        Assert.InRange(derived, 1, 60);
        circuit.Step(2);
        circuit.Step(2);
        circuit.Check();
        Assert.Equal(derived, circuit.DerivedRows);
    }

    [Fact]
    public void Bars_that_change_anywhere_give_what_the_batch_form_gives()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            source = Make(seed, 500, symbolCount: 3);
            var random = new Random(seed);
            for (var row = 0; row < 500; row++)
            {
                source.Rows[row][Time] = Minute * (random.Next(10) == 0 ? random.Next((row / 6) + 1) : row / 6);
            }

            using var circuit = new TestCircuit(
                KeyedPlan.Of(OverBars(source, isBounded: seed % 2 == 0)).Plan,
                source,
                rowsKeptMax: 100
            );
            while (circuit.Pushed < 500)
            {
                circuit.Step(Math.Min(1 + random.Next(seed < 2 ? 4 : 40), 500 - circuit.Pushed));
                circuit.Check();
            }
        }
    }

    [Fact]
    public void The_state_is_right_after_a_late_row_near_the_newest()
    {
        using var circuit = PushLong("nested", LongCount - 30, after: 20);
        circuit.Step(1);
        circuit.Check();
        var derived = circuit.DerivedRows;
        for (var i = 0; i < 20; i++)
        {
            circuit.Step(1);
            circuit.Check();
        }

        Assert.Equal(derived, circuit.DerivedRows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_in_order_or_of_newest_bars_that_change_allocates_nothing(bool isOverBars)
    {
        var source = Make(1, 200, symbolCount: 5);
        var scan = Scan(source);
        var node = isOverBars ? OverBars(source, isBounded: false) : (ContextNode)Plan("all", source);
        var evaluation = TestQuery.Context(source.Symbols);
        var context = new CircuitContext
        {
            Evaluation = evaluation,
            History = new NoHistory(),
            InputNames = [source.Schema.Name],
        };
        var operators = new List<IncrementalOperator>();
        IncrementalCompiler.Compile(node, context, operators).ConnectTo(new End(node), 0);
        using var rows = Batch.Allocate(scan.Schema, 200, evaluation.Pool);
        foreach (var row in source.Rows)
        {
            for (var column = 0; column < rows.ColumnCount; column++)
            {
                TestRow.Append(rows[column], row[column], source.Symbols);
            }
        }

        rows.SetRowCount(200);
        var times = rows[Time].Writable<long>();
        for (var row = 0; row < 200; row++)
        {
            times[row] = isOverBars ? 0 : row;
        }

        var steps = new Batch[10];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = Batch.CreateView(scan.Schema);
            steps[i].Borrow(rows, i * 20, 20);
        }

        var step = new CircuitStep();
        Run(50);
        var allocatedBytes = Allocation.OfThread(() => Run(100));
        Assert.Equal(0, Allocation.IsCountable(typeof(IncrementalContext)) ? allocatedBytes : 0);
        operators.ForEach(o => o.Dispose());

        void Run(int passCount)
        {
            for (var pass = 0; pass < passCount; pass++)
            {
                // In order; or all in one bar of each symbol, whose price and newest row go up.
                var now = rows[isOverBars ? Sequence : Time].Writable<long>();
                var prices = rows[Price].Writable<double>();
                for (var row = 0; row < 200; row++)
                {
                    now[row] += 200;
                    prices[row] += 1;
                }

                foreach (var batch in steps)
                {
                    operators[0].Push(0, new DeltaBatch(batch));
                    foreach (var made in operators)
                    {
                        made.Flush(step);
                    }
                }
            }
        }
    }

    // A row a minute of one key, then one at a place in the middle; more rows in order behind it.
    private TestCircuit PushLong(string name, int place, int after = 0, int rowCount = LongCount)
    {
        var late = rowCount - 1 - after;
        source = MakeLong(name, rowCount, place, late);
        var circuit = new TestCircuit(KeyedPlan.Of(Plan(name, source)).Plan, source);
        while (circuit.Pushed < late)
        {
            circuit.Step(Math.Min(100, late - circuit.Pushed));
        }

        Assert.Equal(0, circuit.DerivedRows);
        return circuit;
    }

    private static FakeTableSource MakeLong(string name, int rowCount, int place, int late)
    {
        var source = Make(9, rowCount, symbolCount: 1);
        for (var i = 0; i < rowCount; i++)
        {
            source.Rows[i][Time] = i == late ? (place * Minute) + 1 : i * Minute;
            source.Rows[i][Price] = name == "sparse" && i % 20 != 0 && i != late ? null : (double)(i * 7 % 101);
        }

        return source;
    }

    private static ContextNode Plan(string name, FakeTableSource source)
    {
        var scan = Scan(source);
        var width = scan.Schema.ColumnCount;
        var price = Column(scan, Price);
        var number = new CastExpression(Column(scan, Int), DataType.Double);
        ColumnExpression Result(int call) => new(width + call, $"f{call}", DataType.Double, true);
        StatefulCall[] calls = name switch
        {
            "rows" =>
            [
                Call("msum", Rows(5), price),
                Call("mmax", Rows(7), price),
                Call("prev", Rows(3), Column(scan, Day)),
            ],
            "time" =>
            [
                Call("tmsum", Span(20), price),
                Call("tmmin", Span(10), number),
                Call("tmstd", Span(15), number),
            ],
            "nested" =>
            [
                Call("deltas", null, price),
                Call("mavg", Rows(5), Result(0)),
                Call("tmmax", Span(5), number),
                Call("mstd", Rows(4), Add(Result(1), Result(2))),
                Call("mrank", Rows(6), Result(3)),
                Call("mcorr", Rows(6), Result(3), number),
            ],
            "sparse" => [Call("mavg", Rows(4), price), Call("deltas", null, Result(0))],
            "ema" => [Call("ema", Rows(40), price)],
            "cumsum" =>
            [
                Call("cumsum", null, price),
                Call("cumvwap", null, price, number),
                Call("cummax", null, price),
            ],
            "rsi" => [Call("rsi", Rows(14), price)],
            "macd" =>
            [
                Call("ema", Rows(12), price),
                Call("ema", Rows(26), price),
                Call("ema", Rows(9), Add(Result(0), Result(1))),
                Call("mmax", Rows(20), Result(2)),
                Call("tmsum", Span(30), Result(2)),
            ],
            "unbounded" => [Call("ema", Rows(4), price), Call("msum", Rows(3), Result(0))],
            _ =>
            [
                Call("ema", Rows(4), number),
                Call("mavg", Rows(5), number),
                Call("mstd", Rows(6), Result(0)),
                Call("mmax", Rows(7), price),
                Call("tmsum", new ConstantExpression(ConstantValue.Of(Interval.OfNanos(50))), number),
                Call("cumsum", null, price),
                Call("deltas", null, number),
                Call("rsi", Rows(4), number),
                Call("prev", Rows(2), Column(scan, Sym)),
            ],
        };
        return new ContextNode(
            scan,
            [Column(scan, Sym)],
            null,
            Column(scan, Time),
            Column(scan, Sequence),
            calls,
            [.. calls.Select((_, i) => $"f{i}")]
        );
    }

    // Factors over the last price of each symbol and minute.
    private static ContextNode OverBars(FakeTableSource source, bool isBounded)
    {
        var scan = Scan(source);
        var bars = new AggregateNode(
            scan,
            [Column(scan, Sym), Column(scan, Time)],
            [IncrementalAggregateTests.MakeCall(scan, "last", Price)],
            ["sym", "ts", "close"]
        );
        var close = new ColumnExpression(2, "close", DataType.Double, true);
        StatefulCall[] calls = isBounded
            ? [Call("mavg", Rows(3), close), Call("prev", Rows(2), close), Call("tmmax", Span(4), close)]
            : [Call("ema", Rows(4), close), Call("cumsum", null, close), Call("mmin", Rows(5), close)];
        return new ContextNode(
            bars,
            [new ColumnExpression(0, "sym", bars.Schema[0].Type, bars.Schema[0].Nullable)],
            null,
            new ColumnExpression(1, "ts", bars.Schema[1].Type, bars.Schema[1].Nullable),
            null,
            calls,
            [.. calls.Select((_, i) => $"f{i}")]
        );
    }

    private static StatefulCall Call(string name, ConstantExpression? parameter, params BoundExpression[] arguments)
    {
        var types = arguments.Select(a => (DataType?)a.Type);
        var constants = arguments.Select(_ => (ConstantValue?)null);
        var overload = parameter is null
            ? FunctionRegistry.Stateful[name].Resolve([.. types], [.. constants])
            : FunctionRegistry.Stateful[name].Resolve([.. types, parameter.Type], [.. constants, parameter.Value]);
        return new StatefulCall(overload!, arguments);
    }

    private static CallExpression Add(BoundExpression a, BoundExpression b) =>
        new(FunctionRegistry.Scalars["+"].Resolve([a.Type, b.Type])!, [a, b], true);

    private static ConstantExpression Rows(int count) => new(ConstantValue.Of(DataType.Int, count));

    private static ConstantExpression Span(int minutes) => new(ConstantValue.Of(Interval.OfNanos(minutes * Minute)));

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) => throw new InvalidOperationException();
    }

    private sealed class End(PlanNode node) : IncrementalOperator(node, [Sequence])
    {
        public override void Push(int input, in DeltaBatch delta) { }
    }
}
