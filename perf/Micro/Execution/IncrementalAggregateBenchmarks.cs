using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Upkeep of 1-minute bars (open, high, low, close, volume, turnover, count) over 65,536 trades of 2,000 symbols, a million a second,
/// in steps of several sizes, each with what comes out of it; beside the same without fused bars. Per row.
/// </summary>
[NativeWidth]
[Measures("TickStore.Execution.IncrementalAggregate")]
public class IncrementalAggregateBenchmarks
{
    private readonly CircuitStep step = new();
    private readonly List<IncrementalOperator> operators = [];
    private readonly List<Batch> steps = [];
    private readonly Batch live = Batch.Allocate(
        MarketTable.Arrival.Rows.Schema,
        MarketTable.TableRows,
        MarketTable.Pool
    );
    private IncrementalOperator? scan;

    /// <summary>Rows of a step.</summary>
    [Params(20, 1000, 65536)]
    public int StepRows { get; set; }

    /// <summary>Builds the operators, and lets them see the day's groups once.</summary>
    [GlobalSetup]
    public void Compile()
    {
        var rows = MarketTable.Arrival.Rows;
        live.Clear();
        live.AppendRange(rows, 0, rows.RowCount);
        var times = live[MarketTable.TimeColumn].Writable<long>();
        for (var row = 0; row < rows.RowCount; row++)
        {
            times[row] = times[0] + (row * 1000L);
        }

        steps.Clear();
        for (var start = 0; start + StepRows <= MarketTable.TableRows; start += StepRows)
        {
            var view = Batch.CreateView(rows.Schema);
            view.Borrow(live, start, StepRows);
            steps.Add(view);
        }

        Connect(fusesBars: true);
    }

    /// <summary>Builds the twin.</summary>
    [GlobalSetup(Target = nameof(SeparateStates))]
    public void CompileTwin()
    {
        Compile();
        operators.Clear();
        Connect(fusesBars: false);
    }

    /// <summary>Bars in one pass.</summary>
    [Benchmark(OperationsPerInvoke = MarketTable.TableRows)]
    public void Bars() => Push();

    /// <summary>A state for each aggregate.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = MarketTable.TableRows)]
    public void SeparateStates() => Push();

    // Each pass is the next 65 ms: the symbols and prices of the one before, a million rows a second on.
    private void Push()
    {
        var times = live[MarketTable.TimeColumn].Writable<long>();
        var sequences = live[MarketTable.Arrival.Schema.SequenceIndex].Writable<long>();
        for (var row = 0; row < MarketTable.TableRows; row++)
        {
            times[row] += MarketTable.TableRows * 1000L;
            sequences[row] += MarketTable.TableRows;
        }

        foreach (var rows in steps)
        {
            scan!.Push(0, new DeltaBatch(rows));
            foreach (var made in operators)
            {
                made.Flush(step);
            }
        }
    }

    private void Connect(bool fusesBars)
    {
        var table = MarketTable.Arrival;
        var node = new ScanNode(
            table,
            new ScanRequest { Columns = [.. Enumerable.Range(0, table.Schema.AllColumns.Count)] }
        );
        var (time, sequence) = (Build.Column(MarketTable.TimeColumn), Build.Column(table.Schema.SequenceIndex));
        var (price, size) = (Build.Column(MarketTable.PriceColumn), Build.Column(MarketTable.SizeColumn));
        AggregateCall Ordered(string name) =>
            new(FunctionRegistry.Aggregates[name].Resolve([price.Type])!, [price, time, sequence]);
        var plan = new AggregateNode(
            node,
            [
                Build.Column(MarketTable.SymbolColumn),
                Build.Call(
                    "time_bucket",
                    new ConstantExpression(ConstantValue.Of(Interval.OfNanos(60_000_000_000))),
                    time
                ),
            ],
            [
                Ordered("first"),
                Build.Aggregate("max", price),
                Build.Aggregate("min", price),
                Ordered("last"),
                Build.Aggregate("sum", size),
                Build.Aggregate("sum", Build.Call("*", price, size)),
                Build.Aggregate("count", price),
            ],
            ["sym", "bar_open", "open", "high", "low", "close", "volume", "turnover", "count"]
        );
        var context = new CircuitContext
        {
            Evaluation = Build.Context,
            History = new NoHistory(),
            InputNames = [table.Schema.Name],
        };
        scan = new IncrementalScan(node, context);
        var aggregate = new IncrementalAggregate(plan, scan, context, fusesBars);
        var end = new End(plan, aggregate.KeyColumns);
        scan.ConnectTo(aggregate, 0);
        aggregate.ConnectTo(end, 0);
        operators.Add(aggregate);
    }

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) =>
            throw new InvalidOperationException("Every group is in memory");
    }

    private sealed class End(PlanNode node, IReadOnlyList<int> keys) : IncrementalOperator(node, keys)
    {
        public override void Push(int input, in DeltaBatch delta) { }
    }
}
