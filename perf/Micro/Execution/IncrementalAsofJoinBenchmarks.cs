using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Upkeep of trades joined with the quotes before them: 65,536 rows of 2,000 symbols a pass, every other one a quote, a million a second,
/// in steps of several sizes. Per row of either input.
/// </summary>
[NativeWidth]
[Measures("TickStore.Execution.IncrementalAsofJoin")]
public class IncrementalAsofJoinBenchmarks
{
    private const int Half = MarketTable.TableRows / 2;

    private readonly CircuitStep step = new();
    private readonly Batch trades = Batch.Allocate(MarketTable.Arrival.Rows.Schema, Half, MarketTable.Pool);
    private readonly Batch quotes = Batch.Allocate(MarketTable.Arrival.Rows.Schema, Half, MarketTable.Pool);
    private readonly List<(Batch Trades, Batch Quotes)> steps = [];
    private IncrementalScan? left;
    private IncrementalScan? right;
    private IncrementalAsofJoin? join;
    private long sequence;

    /// <summary>Rows of a step, of both inputs together.</summary>
    [Params(20, 1000, 65536)]
    public int StepRows { get; set; }

    /// <summary>Builds the operators.</summary>
    [GlobalSetup]
    public void Compile()
    {
        var rows = MarketTable.Arrival.Rows;
        int[] even = [.. Enumerable.Range(0, Half).Select(i => 2 * i)];
        trades.Clear();
        trades.AppendGather(rows, even);
        quotes.Clear();
        quotes.AppendGather(rows, [.. even.Select(i => i + 1)]);
        steps.Clear();
        for (var start = 0; start + (StepRows / 2) <= Half; start += StepRows / 2)
        {
            steps.Add((View(trades, start), View(quotes, start)));
        }

        for (var i = 0; i < Half; i++)
        {
            trades[MarketTable.TimeColumn].Writable<long>()[i] = (2 * i + 1) * 1000L;
            quotes[MarketTable.TimeColumn].Writable<long>()[i] = 2 * i * 1000L;
            trades[MarketTable.Arrival.Schema.SequenceIndex].Writable<long>()[i] = (2 * i) + 1;
            quotes[MarketTable.Arrival.Schema.SequenceIndex].Writable<long>()[i] = (2 * i) + 2;
        }

        // The same symbol for a trade and the quote beside it: every trade has a partner soon.
        trades[MarketTable.SymbolColumn].Values<int>().CopyTo(quotes[MarketTable.SymbolColumn].Writable<int>());
        Connect();
    }

    /// <summary>Trades and quotes come together.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = MarketTable.TableRows)]
    public void InOrder()
    {
        Advance();
        foreach (var (tradeRows, quoteRows) in steps)
        {
            left!.Push(0, new DeltaBatch(tradeRows));
            right!.Push(0, new DeltaBatch(quoteRows));
            Flush();
        }
    }

    /// <summary>The quotes of a step come in a step behind its trades: every trade is corrected.</summary>
    [Benchmark(OperationsPerInvoke = MarketTable.TableRows)]
    public void QuotesBehind()
    {
        Advance();
        foreach (var (tradeRows, quoteRows) in steps)
        {
            left!.Push(0, new DeltaBatch(tradeRows));
            Flush();
            right!.Push(0, new DeltaBatch(quoteRows));
            Flush();
        }
    }

    private Batch View(Batch rows, int start)
    {
        var view = Batch.CreateView(rows.Schema);
        view.Borrow(rows, start, StepRows / 2);
        return view;
    }

    private void Flush()
    {
        step.Sequence = ++sequence;
        join!.Flush(step);
    }

    private void Advance()
    {
        var at = MarketTable.Arrival.Schema.SequenceIndex;
        var (tradeTimes, quoteTimes) = (trades[MarketTable.TimeColumn], quotes[MarketTable.TimeColumn]);
        for (var i = 0; i < Half; i++)
        {
            tradeTimes.Writable<long>()[i] += MarketTable.TableRows * 1000L;
            quoteTimes.Writable<long>()[i] += MarketTable.TableRows * 1000L;
            trades[at].Writable<long>()[i] += MarketTable.TableRows;
            quotes[at].Writable<long>()[i] += MarketTable.TableRows;
        }
    }

    private void Connect()
    {
        var table = MarketTable.Arrival;
        ScanNode Scan() =>
            new(
                table,
                new ScanRequest
                {
                    Columns =
                    [
                        MarketTable.TimeColumn,
                        MarketTable.SymbolColumn,
                        MarketTable.PriceColumn,
                        MarketTable.SizeColumn,
                        table.Schema.SequenceIndex,
                    ],
                }
            );
        var (trade, quote) = (Scan(), Scan());
        var node = new AsofJoinNode(
            trade,
            quote,
            JoinKind.Left,
            [KeyedPlan.ColumnOf(trade, 1)],
            [KeyedPlan.ColumnOf(quote, 1)],
            KeyedPlan.ColumnOf(trade, 0),
            KeyedPlan.ColumnOf(quote, 0),
            AsofDirection.Backward,
            allowExactMatch: true,
            tolerance: null,
            KeyedPlan.ColumnOf(quote, 4)
        );
        var context = new CircuitContext
        {
            Evaluation = Build.Context,
            History = new NoHistory(),
            InputNames = [table.Schema.Name],
        };
        join?.Dispose();
        left = new IncrementalScan(trade, context);
        right = new IncrementalScan(quote, context);
        join = new IncrementalAsofJoin(node, left, right, context);
        left.ConnectTo(join, 0);
        right.ConnectTo(join, 1);
        join.ConnectTo(new End(node, join.KeyColumns), 0);
    }

    private sealed class NoHistory : ICircuitHistory
    {
        public IBatchReader Derive(PlanNode plan, long asOfSequence) =>
            throw new InvalidOperationException("Every row that counts is in memory");
    }

    private sealed class End(PlanNode node, IReadOnlyList<int> keys) : IncrementalOperator(node, keys)
    {
        public override void Push(int input, in DeltaBatch delta) { }
    }
}
