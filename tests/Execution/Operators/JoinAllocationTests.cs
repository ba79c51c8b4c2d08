// Proves that upkeep of joins of streams and of an index allocates nothing at steady state: rows of known symbols come in order, in steps of
// 20, while old ones are dropped from memory all the time. What a thread allocates is counted by the runtime.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Support;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Operators;

public sealed class JoinAllocationTests
{
    private const int RowCount = 400;

    [Theory]
    [InlineData("asof")]
    [InlineData("forward")]
    [InlineData("nearest")]
    [InlineData("lookup")]
    [InlineData("window")]
    [InlineData("band")]
    [InlineData("index")]
    public void Rows_in_order_allocate_nothing(string name)
    {
        var source = Make(1, RowCount, symbolCount: 5);
        for (var row = 0; row < RowCount; row++)
        {
            // Ten rows of one time, and none near them.
            source.Rows[row][Time] = row / 10 * 100L;
            source.Rows[row][Quantity] = row % 7L;
        }

        var evaluation = TestQuery.Context(source.Symbols);
        var context = new CircuitContext
        {
            Evaluation = evaluation,
            History = new NoHistory(),
            InputNames = [source.Schema.Name],

            // Few, so that rows are dropped in every run that is counted.
            RowsKeptMax = 512,
        };
        var operators = new List<IncrementalOperator>();
        var plan = KeyedPlan.Of(Plan(name, source)).Plan;
        var root = IncrementalCompiler.Compile(plan, context, operators);
        var end = new End(plan, root.KeyColumns);
        root.ConnectTo(end, 0);
        var scans = operators.OfType<IncrementalScan>().ToArray();
        using var rows = Batch.Allocate(new BatchSchema([.. source.Schema.AllColumns]), RowCount, evaluation.Pool);
        foreach (var row in source.Rows)
        {
            for (var column = 0; column < rows.ColumnCount; column++)
            {
                TestRow.Append(rows[column], row[column], source.Symbols);
            }
        }

        rows.SetRowCount(RowCount);
        var steps = new Batch[RowCount / 20];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = Batch.CreateView(rows.Schema);
            steps[i].Borrow(rows, i * 20, 20);
        }

        var step = new CircuitStep();
        if (name == "index")
        {
            // All of the table is the basket, once; then it is prices.
            scans[1].Push(0, new DeltaBatch(rows));
            scans[2].Push(0, new DeltaBatch(rows));
            MoveOn();
            scans = [scans[0]];
        }

        Run(200);
        var allocatedBytes = Allocation.OfThread(() => Run(20));
        Assert.True(end.RowCount > 1000);
        Assert.Equal(0, Allocation.IsCountable(typeof(IncrementalAggregate)) ? allocatedBytes : 0);
        operators.ForEach(o => o.Dispose());

        void Run(int passCount)
        {
            for (var pass = 0; pass < passCount; pass++)
            {
                foreach (var batch in steps)
                {
                    foreach (var scan in scans)
                    {
                        scan.Push(0, new DeltaBatch(batch));
                    }

                    step.Sequence = batch[Sequence].Values<long>()[^1];
                    foreach (var each in operators)
                    {
                        each.Flush(step);
                    }
                }

                MoveOn();
            }
        }

        void MoveOn()
        {
            for (var row = 0; row < RowCount; row++)
            {
                rows[Time].Writable<long>()[row] += RowCount * 10L;
                rows[Sequence].Writable<long>()[row] += RowCount;
            }
        }
    }

    private static PlanNode Plan(string name, FakeTableSource source)
    {
        if (name == "index")
        {
            var scan = Scan(source);
            PlanNode Of(params int[] columns) =>
                new ProjectNode(
                    scan,
                    [.. columns.Select(c => Column(scan, c))],
                    [.. columns.Select(c => scan.Schema[c].Name)]
                );
            return new IndexNode(
                Of(Time, Sym, Quantity, Sequence),
                Of(Time, Sym, Quantity, Sequence),
                Of(Time, Quantity, Sequence)
            );
        }

        return StreamJoinTests.PlanOf(name, source);
    }

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) => throw new InvalidOperationException();
    }

    private sealed class End(PlanNode node, IReadOnlyList<int> keys) : IncrementalOperator(node, keys)
    {
        public long RowCount { get; private set; }

        public override void Push(int input, in DeltaBatch delta) => RowCount += delta.RowCount;
    }
}
