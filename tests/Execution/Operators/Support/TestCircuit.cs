using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>
/// A circuit over tables in memory: pushes their rows in steps, applies what comes out to a keyed set of rows, and compares that with
/// the batch form of the same plan over the rows pushed so far.
/// </summary>
internal sealed class TestCircuit : ICircuitHistory, IDisposable
{
    private readonly PlanNode plan;
    private readonly FakeTableSource source;
    private readonly EvaluationContext evaluation;
    private readonly List<IncrementalOperator> operators = [];
    private readonly Collector collector;
    private readonly CircuitStep step = new();
    private readonly Batch rows;

    public TestCircuit(PlanNode plan, FakeTableSource source, long budgetBytes = 1L << 30, int rowsKeptMax = 1 << 20)
    {
        this.plan = plan;
        this.source = source;
        evaluation = TestQuery.Context(source.Symbols, budgetBytes);
        rows = Batch.Allocate(
            new BatchSchema([.. source.Schema.AllColumns]),
            Batch.VectorRows,
            new BlockPool(new MemoryBudget(1L << 30, "rows"))
        );
        var context = new CircuitContext
        {
            Evaluation = evaluation,
            History = this,
            InputNames = [source.Schema.Name],
            RowsKeptMax = rowsKeptMax,
        };
        var root = IncrementalCompiler.Compile(plan, context, operators);
        collector = new Collector(root, source.Symbols);
        root.ConnectTo(collector, 0);
    }

    /// <summary>Rows pushed so far.</summary>
    public int Pushed { get; private set; }

    /// <summary>Rows that were read back from history.</summary>
    public long DerivedRows { get; private set; }

    /// <summary>The operators, inputs first.</summary>
    public IReadOnlyList<IncrementalOperator> Operators => operators;

    /// <summary>Causes of the last step's changes, by the key of the row as text.</summary>
    public IReadOnlyDictionary<string, DeltaCause> LastCauses => collector.Causes;

    /// <summary>Where the memory comes from.</summary>
    public BlockPool Pool => evaluation.Pool;

    /// <summary>Pushes the next rows of the table, in batches of several sizes, and ends the step.</summary>
    public void Step(int rowCount, long watermark = long.MinValue)
    {
        collector.Causes.Clear();
        for (var done = 0; done < rowCount; )
        {
            var count = Math.Min(1 + (rowCount * 7 % 40), rowCount - done);
            rows.Clear();
            for (var row = Pushed; row < Pushed + count; row++)
            {
                for (var column = 0; column < rows.ColumnCount; column++)
                {
                    TestRow.Append(rows[column], source.Rows[row][column], source.Symbols);
                }
            }

            rows.SetRowCount(count);
            foreach (var scan in operators.FindAll(o => o is IncrementalScan))
            {
                scan.Push(0, new DeltaBatch(rows));
            }

            Pushed += count;
            done += count;
        }

        step.Sequence = Pushed - 1;
        step.SetWatermark(0, watermark);
        foreach (var made in operators)
        {
            made.Flush(step);
        }
    }

    /// <summary>Fails where the rows that came out differ from those of the batch form.</summary>
    public void Check()
    {
        var expected = TestQuery.Run(AsOf(plan, Pushed), source.Symbols, 1).Select(r => TestRow.Text(r));
        Assert.Equal(expected.Order(StringComparer.Ordinal), collector.Rows.Values.Order(StringComparer.Ordinal));
    }

    public void Save(Stream stream)
    {
        var writer = new StateWriter(stream);
        foreach (var made in operators)
        {
            made.Save(writer);
        }
    }

    /// <summary>Takes over the state of another circuit of the same plan, and its output so far.</summary>
    public void Load(Stream stream, TestCircuit other)
    {
        var reader = new StateReader(stream);
        foreach (var made in operators)
        {
            made.Load(reader);
        }

        Pushed = other.Pushed;
        foreach (var (key, row) in other.collector.Rows)
        {
            collector.Rows.Add(key, row);
        }
    }

    public IBatchReader Derive(PlanNode derived, long asOfSequence) =>
        new CountingReader(this, PlanExecutor.Open(AsOf(derived, (int)asOfSequence + 1), evaluation, 1));

    public void Dispose()
    {
        foreach (var made in operators)
        {
            made.Dispose();
        }

        rows.Dispose();
    }

    private static PlanNode AsOf(PlanNode node, int rowCount) =>
        node is ScanNode scan
            ? new ScanNode(((FakeTableSource)scan.Source).First(rowCount), scan.Request)
            : node.WithInputs([.. node.Inputs.Select(i => AsOf(i, rowCount))]);

    private sealed class CountingReader(TestCircuit circuit, IBatchReader inner) : IBatchReader
    {
        public Batch? Next()
        {
            var batch = inner.Next();
            circuit.DerivedRows += batch?.RowCount ?? 0;
            return batch;
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Collector(IncrementalOperator root, ISymbolTable symbols)
        : IncrementalOperator(root.Node, root.KeyColumns)
    {
        public SortedDictionary<string, string> Rows { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, DeltaCause> Causes { get; } = [];

        public override void Push(int input, in DeltaBatch delta)
        {
            for (var row = 0; row < delta.RowCount; row++)
            {
                var values = new List<object?>();
                for (var column = 0; column < delta.Rows.ColumnCount; column++)
                {
                    values.Add(TestRow.Read(delta.Rows[column], row, symbols));
                }

                var key = TestRow.GroupKey(KeyColumns.Select(k => values[k]));
                Causes[key] = delta.CauseOf(row);
                if (delta.IsDelete(row))
                {
                    Rows.Remove(key);
                }
                else
                {
                    Rows[key] = TestRow.Text(values);
                }
            }
        }
    }
}
