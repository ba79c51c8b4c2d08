// Proves that upkeep of groups allocates nothing at steady state: steps of 20 rows over groups that are there, for bars in one pass, for
// separate states with DISTINCT and FILTER. What a thread allocates is counted by the runtime.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Support;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class IncrementalAllocationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_over_known_groups_allocates_nothing(bool isBars)
    {
        var source = Make(1, 200, symbolCount: 5);
        var scan = Scan(source);
        AggregateCall[] calls = isBars
            ?
            [
                IncrementalAggregateTests.MakeCall(scan, "first", Amount),
                IncrementalAggregateTests.MakeCall(scan, "max", Amount),
                IncrementalAggregateTests.MakeCall(scan, "min", Amount),
                IncrementalAggregateTests.MakeCall(scan, "last", Amount),
                IncrementalAggregateTests.MakeCall(scan, "sum", Int),
                IncrementalAggregateTests.MakeCall(scan, "count"),
            ]
            :
            [
                IncrementalAggregateTests.MakeCall(scan, "sum", Amount),
                IncrementalAggregateTests.MakeCall(scan, "stddev", Small),
                IncrementalAggregateTests.MakeCall(scan, "last", Note),
                IncrementalAggregateTests.MakeCall(scan, "sum", Int) with
                {
                    Filter = Column(scan, Flag),
                },
                IncrementalAggregateTests.MakeCall(scan, "count", Note) with
                {
                    Distinct = true,
                },
            ];
        var node = new AggregateNode(
            scan,
            [Column(scan, Sym)],
            calls,
            [.. Enumerable.Range(0, calls.Length + 1).Select(i => $"c{i}")]
        );
        var evaluation = TestQuery.Context(source.Symbols);
        var context = new CircuitContext
        {
            Evaluation = evaluation,
            History = new NoHistory(),
            InputNames = [source.Schema.Name],
        };
        using var input = new IncrementalScan(scan, context);
        using var aggregate = new IncrementalAggregate(node, input, context);
        input.ConnectTo(aggregate, 0);
        aggregate.ConnectTo(new End(node), 0);
        using var rows = Batch.Allocate(scan.Schema, 200, evaluation.Pool);
        foreach (var row in source.Rows)
        {
            for (var column = 0; column < rows.ColumnCount; column++)
            {
                TestRow.Append(rows[column], row[column], source.Symbols);
            }
        }

        rows.SetRowCount(200);
        var steps = new Batch[10];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = Batch.CreateView(scan.Schema);
            steps[i].Borrow(rows, i * 20, 20);
        }

        var step = new CircuitStep();
        Run(50);
        var allocatedBytes = Allocation.OfThread(() => Run(100));
        Assert.Equal(0, Allocation.IsCountable(typeof(IncrementalAggregate)) ? allocatedBytes : 0);

        void Run(int passCount)
        {
            for (var pass = 0; pass < passCount; pass++)
            {
                foreach (var batch in steps)
                {
                    input.Push(0, new DeltaBatch(batch));
                    aggregate.Flush(step);
                }
            }
        }
    }

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) => throw new InvalidOperationException();
    }

    private sealed class End(PlanNode node) : IncrementalOperator(node, [0])
    {
        public override void Push(int input, in DeltaBatch delta) { }
    }
}
