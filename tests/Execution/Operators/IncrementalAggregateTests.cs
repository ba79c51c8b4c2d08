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

    private static AggregateCall MakeQuantile(PlanNode input, string name, int column, double fraction)
    {
        var overload = FunctionRegistry.Aggregates[name].Resolve([input.Schema[column].Type, DataType.Double])!;
        return new AggregateCall(
            overload,
            [Column(input, column), new ConstantExpression(ConstantValue.Of(DataType.Double, fraction))]
        );
    }
}
