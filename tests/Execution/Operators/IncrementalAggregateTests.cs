// Proves law 2 for aggregation: whatever the grouping of rows into steps, what the incremental form has emitted so far is what the
// batch form yields over the same rows, to the bit. Random rows with late ones, NULLs, NaN and ties; the batch form is the twin.
using TickStore.Core;
using TickStore.Execution;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class IncrementalAggregateTests
{
    public static TheoryData<int[]> KeySets { get; } =
        new(new int[][] { [], [Sym], [Quantity], [Note], [Flag, Small, Day], [Sym, Time], [Note, Sym, Int] });

    [Theory]
    [MemberData(nameof(KeySets))]
    public void Steps_of_any_size_give_what_the_batch_form_gives(int[] keys)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var source = Make(seed, 300);
            using var circuit = new TestCircuit(Plan(Scan(source), keys), source);
            var random = new Random(seed);
            circuit.Step(0);
            circuit.Check();
            while (circuit.Pushed < 300)
            {
                circuit.Step(Math.Min(random.Next(seed == 0 ? 2 : 90), 300 - circuit.Pushed));
                circuit.Check();
            }
        }
    }

    [Theory]
    [MemberData(nameof(KeySets))]
    public void Rows_that_change_are_taken_out_and_put_in_again(int[] keys)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            using var table = new ChangingTable(Make(seed, 200), keys, seed);
            var random = new Random(seed);
            for (var i = 0; i < 40; i++)
            {
                table.Step(random.Next(seed == 0 ? 2 : 12));
                table.Check();
                if (i % 13 == 12)
                {
                    table.SaveAndLoad();
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KeySets))]
    public void A_state_that_was_saved_and_loaded_goes_on_as_if_nothing_had_been(int[] keys)
    {
        var source = Make(11, 200);
        var plan = Plan(Scan(source), keys);
        using var before = new TestCircuit(plan, source);
        before.Step(70);
        before.Step(30);
        using var stream = new MemoryStream();
        before.Save(stream);
        stream.Position = 0;
        using var after = new TestCircuit(plan, source);
        after.Load(stream, before);
        Assert.Equal(stream.Length, stream.Position);
        after.Step(0);
        Assert.Empty(after.LastCauses);
        after.Check();
        after.Step(60);
        after.Check();
        after.Step(40);
        after.Check();
    }

    [Fact]
    public void A_row_for_a_bucket_that_was_let_go_of_reads_back_that_bucket_alone()
    {
        var source = Make(12, 600, symbolCount: 3);
        for (var i = 0; i < source.Rows.Count; i++)
        {
            // Ten rows a bucket, and every fiftieth belongs to a bucket long gone.
            source.Rows[i][Time] = i % 50 == 49 ? i / 2L : i;
        }

        var scan = Scan(source);
        var wide = Plan(scan, [Sym]);
        var plan = new AggregateNode(scan, [wide.Keys[0], Bucket(scan, 10)], wide.Aggregates, ["b", .. wide.Names]);
        var circuit = new TestCircuit(plan, source);
        var aggregate = (IncrementalAggregate)circuit.Operators[^1];
        aggregate.HotGroupsMax = 20;
        for (var i = 0; i < 120; i++)
        {
            var derivedBefore = circuit.DerivedRows;
            circuit.Step(5, circuit.Pushed - 20);
            circuit.Check();
            Assert.InRange(aggregate.GroupCount, 0, 40);
            Assert.InRange(circuit.DerivedRows - derivedBefore, 0, 20);
            if (i == 60)
            {
                circuit = Restarted(plan, source, circuit);
                aggregate = (IncrementalAggregate)circuit.Operators[^1];
                aggregate.HotGroupsMax = 20;
            }
        }

        Assert.InRange(aggregate.RebuiltGroups, 4, 12);
        circuit.Dispose();
    }

    [Fact]
    public void Coarser_groups_over_finer_ones_follow_them()
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var source = Make(seed + 20, 300);
            var scan = Scan(source);
            AggregateCall[] calls =
            [
                MakeCall(scan, "sum", Int),
                MakeCall(scan, "max", Price),
                MakeCall(scan, "min", Note),
                MakeCall(scan, "last", Amount),
            ];
            var finer = new AggregateNode(
                scan,
                [Column(scan, Sym), Bucket(scan, 10)],
                calls,
                ["sym", "bar", "qty", "high", "note", "last"]
            );
            AggregateCall Of(string name, int column) =>
                new(
                    FunctionRegistry.Aggregates[name].Resolve([finer.Schema[column].Type])!,
                    FunctionRegistry.Aggregates[name].IsOrderSensitive
                        ? [Column(finer, column), Column(finer, 1), Column(finer, 1)]
                        : [Column(finer, column)]
                );
            var coarser = new AggregateNode(
                finer,
                [Column(finer, 0)],
                [Of("sum", 2), Of("max", 3), Of("min", 4), Of("last", 5), Of("count", 2)],
                ["sym", "qty", "high", "note", "last", "bars"]
            );
            using var circuit = new TestCircuit(coarser, source);
            var random = new Random(seed);
            while (circuit.Pushed < 300)
            {
                circuit.Step(Math.Min(random.Next(seed == 0 ? 2 : 30), 300 - circuit.Pushed));
                circuit.Check();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bars_in_one_pass_are_those_of_separate_states(bool hasBuckets)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var source = Make(seed + 30, 400);
            if (seed % 2 == 0)
            {
                FillNulls(source);
            }

            var scan = Scan(source);
            AggregateCall[] calls =
            [
                MakeCall(scan, "first", Quantity),
                MakeCall(scan, "max", Quantity),
                MakeCall(scan, "min", Quantity),
                MakeCall(scan, "last", Quantity),
                MakeCall(scan, "sum", Amount),
                MakeCall(scan, "sum", Int),
                MakeCall(scan, "count"),
                MakeCall(scan, "count", Quantity),
                MakeCall(scan, "sum", Small),
                MakeCall(scan, "last", Note),
                MakeCall(scan, "max", Quantity) with
                {
                    Filter = Column(scan, Flag),
                },
            ];
            Assert.Equal(8, FusedBarsShape.Find(calls)!.Outputs.Count);
            var plan = new AggregateNode(
                scan,
                hasBuckets ? [Bucket(scan, 7), Column(scan, Sym)] : [Column(scan, Sym)],
                calls,
                [.. Enumerable.Range(0, calls.Length + (hasBuckets ? 2 : 1)).Select(i => $"c{i}")]
            );
            var circuit = new TestCircuit(plan, source);
            var random = new Random(seed);
            while (circuit.Pushed < 400)
            {
                circuit.Step(Math.Min(random.Next(seed == 0 ? 2 : 90), 400 - circuit.Pushed), circuit.Pushed / 3 - 60);
                circuit.Check();
                ((IncrementalAggregate)circuit.Operators[^1]).HotGroupsMax = 12;
                if (circuit.Pushed % 5 == 0)
                {
                    circuit = Restarted(plan, source, circuit);
                }
            }

            circuit.Dispose();
        }
    }

    [Fact]
    public void A_budget_that_is_used_up_is_an_error_of_its_own()
    {
        var source = Make(13, 2000);
        using var circuit = new TestCircuit(Plan(Scan(source), [Sequence]), source, budgetBytes: 1 << 20);
        var error = Assert.Throws<TickStoreException>(() => circuit.Step(2000));
        Assert.Equal(ErrorCode.MemoryBudget, error.Code);
    }

    [Fact]
    public void Causes_tell_new_groups_from_changed_and_corrected_ones()
    {
        var source = Make(3, 100, symbolCount: 1);
        source.Rows[60][Sequence + 2] = true;
        using var circuit = new TestCircuit(Plan(Scan(source), [Sym]), source);
        circuit.Step(10);
        Assert.Equal(DeltaCause.New, circuit.LastCauses.Single().Value);
        circuit.Step(50);
        Assert.Equal(DeltaCause.Update, circuit.LastCauses.Single().Value);
        circuit.Step(1);
        Assert.Equal(DeltaCause.LateCorrection, circuit.LastCauses.Single().Value);
        circuit.Step(0);
        Assert.Empty(circuit.LastCauses);
    }

    internal static AggregateNode Plan(PlanNode input, int[] keys)
    {
        AggregateCall Call(string name, params int[] columns) => MakeCall(input, name, columns);
        AggregateCall[] calls =
        [
            Call("count"),
            Call("count", Note),
            Call("sum", Int),
            Call("sum", Amount),
            Call("sum", Price),
            Call("avg", Small),
            Call("avg", Real),
            Call("min", Price),
            Call("max", Price),
            Call("min", Note),
            Call("max", Sym),
            Call("max", Span),
            Call("min", Flag),
            Call("first", Note),
            Call("last", Price),
            Call("first", Sym),
            Call("arg_min", Note, Quantity),
            Call("arg_max", Price, Real),
            Call("vwap", Price, Int),
            Call("vwap", Amount, Int),
            Call("stddev", Small),
            Call("var_pop", Price),
            Call("corr", Price, Int),
            Call("bool_and", Flag),
            Call("bool_or", Flag),
            MakeQuantile(input, "approx_quantile", Price, 0.3),
            Call("count", Note) with
            {
                Distinct = true,
            },
            Call("sum", Small) with
            {
                Distinct = true,
                Filter = Column(input, Flag),
            },
            Call("last", Int) with
            {
                Filter = Column(input, Flag),
            },
        ];
        return new AggregateNode(
            input,
            [.. keys.Select(k => Column(input, k))],
            calls,
            [.. Enumerable.Range(0, keys.Length + calls.Length).Select(i => $"c{i}")]
        );
    }

    internal static AggregateCall MakeCall(PlanNode input, string name, params int[] columns)
    {
        var function = FunctionRegistry.Aggregates[name];
        var overload = function.Resolve([.. columns.Select(c => (DataType?)input.Schema[c].Type)])!;
        var arguments = columns.Select(
            (c, i) =>
                overload.ArgumentTypes[i] == input.Schema[c].Type
                    ? (BoundExpression)Column(input, c)
                    : new CastExpression(Column(input, c), overload.ArgumentTypes[i])
        );
        return new AggregateCall(
            overload,
            function.IsOrderSensitive ? [.. arguments, Column(input, Time), Column(input, Sequence)] : [.. arguments]
        );
    }

    private static TestCircuit Restarted(PlanNode plan, FakeTableSource source, TestCircuit before)
    {
        using var stream = new MemoryStream();
        before.Save(stream);
        stream.Position = 0;
        var after = new TestCircuit(plan, source);
        after.Load(stream, before);
        before.Dispose();
        Assert.Equal(0, before.Pool.LeaseCount);
        return after;
    }

    private static void FillNulls(FakeTableSource source)
    {
        foreach (var row in source.Rows)
        {
            row[Quantity] ??= 5L;
            row[Amount] ??= -5L;
        }
    }

    private static CallExpression Bucket(PlanNode input, long nanos) =>
        new(
            FunctionRegistry.Scalars["time_bucket"].Resolve([DataType.Interval, DataType.Timestamp])!,
            [new ConstantExpression(ConstantValue.Of(Interval.OfNanos(nanos))), Column(input, Time)],
            false
        );

    private static AggregateCall MakeQuantile(PlanNode input, string name, int column, double fraction)
    {
        var overload = FunctionRegistry.Aggregates[name].Resolve([input.Schema[column].Type, DataType.Double])!;
        return new AggregateCall(
            overload,
            [Column(input, column), new ConstantExpression(ConstantValue.Of(DataType.Double, fraction))]
        );
    }
}
