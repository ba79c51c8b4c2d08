using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Whole plans over 65,536 rows on one thread, beside loops that do the same with .NET's own collections and nothing
/// else. Per row read.
/// </summary>
[NativeWidth, SameAnswers]
[Measures("TickStore.Execution.PlanExecutor")]
public class OperatorBenchmarks
{
    private const int Rows = MarketTable.TableRows;

    private readonly long[] times = MarketTable.Arrival.Rows[MarketTable.TimeColumn].Values<long>().ToArray();
    private readonly int[] symbols = MarketTable.Arrival.Rows[MarketTable.SymbolColumn].Values<int>().ToArray();
    private readonly long[] prices = MarketTable.Arrival.Rows[MarketTable.PriceColumn].Values<long>().ToArray();
    private readonly int[] sizes = MarketTable.Arrival.Rows[MarketTable.SizeColumn].Values<int>().ToArray();
    private readonly int[] clusteredSymbols = MarketTable
        .Clustered.Rows[MarketTable.SymbolColumn]
        .Values<int>()
        .ToArray();
    private readonly int[] clusteredSizes = MarketTable.Clustered.Rows[MarketTable.SizeColumn].Values<int>().ToArray();

    private readonly PlanNode filter;
    private readonly PlanNode hashAggregate;
    private readonly PlanNode orderedAggregate;
    private readonly PlanNode sort;
    private readonly PlanNode topN;
    private readonly PlanNode hashJoin;
    private readonly PlanNode asofJoin;

    /// <summary>Builds the plans.</summary>
    public OperatorBenchmarks()
    {
        var scan = Build.Scan(MarketTable.Arrival);
        var (time, symbol) = (Build.Column(MarketTable.TimeColumn), Build.Column(MarketTable.SymbolColumn));
        var (price, size) = (Build.Column(MarketTable.PriceColumn), Build.Column(MarketTable.SizeColumn));
        var isLarge = Build.Call(">=", size, Build.Constant(DataType.Int, 500));
        filter = new FilterNode(scan, isLarge);
        hashAggregate = new AggregateNode(scan, [symbol], [Build.Aggregate("sum", size)], ["sym", "qty"]);
        orderedAggregate = new AggregateNode(
            Build.Scan(MarketTable.Clustered, ScanOrder.Clustered),
            [symbol],
            [Build.Aggregate("sum", size)],
            ["sym", "qty"]
        );
        sort = new SortNode(scan, [new SortKey(price, Descending: false, NullsFirst: false)]);
        topN = new TopNNode(scan, [new SortKey(price, Descending: true, NullsFirst: true)], limit: 10, offset: 0);

        // One row a symbol on the right: a dimension.
        var dimension = new AggregateNode(scan, [symbol], [Build.Aggregate("count", price)], ["sym", "n"]);
        var dimensionSymbol = new ColumnExpression(0, "sym", DataType.Symbol, Nullable: false);
        hashJoin = new JoinNode(scan, dimension, JoinKind.Inner, [symbol], [dimensionSymbol]);
        asofJoin = new AsofJoinNode(
            scan,
            new FilterNode(scan, isLarge),
            JoinKind.Inner,
            [symbol],
            [symbol],
            time,
            time,
            AsofDirection.Backward,
            allowExactMatch: true,
            tolerance: null
        );
    }

    /// <summary>One pass; the sum of the prices that pass.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("filter qty >= 500")]
    public long FilterFused()
    {
        var sum = 0L;
        for (var i = 0; i < Rows; i++)
        {
            sum += sizes[i] >= 500 ? prices[i] : 0;
        }

        return sum;
    }

    /// <summary>Filter, and all five columns gathered.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("filter qty >= 500")]
    public long Filter() => Build.SumOf(filter, MarketTable.PriceColumn);

    /// <summary>A dictionary of sums.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("sum(qty) by sym, hashed")]
    public long HashAggregateFused()
    {
        var sums = new Dictionary<int, long>();
        for (var i = 0; i < Rows; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, symbols[i], out _) += sizes[i];
        }

        return sums.Values.Sum();
    }

    /// <summary>Hash aggregation.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("sum(qty) by sym, hashed")]
    public long HashAggregate() => Build.SumOf(hashAggregate, 1);

    /// <summary>Runs of equal symbols.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("sum(qty) by sym, clustered")]
    public long OrderedAggregateFused()
    {
        var (total, sum) = (0L, 0L);
        for (var i = 0; i < Rows; i++)
        {
            if (i > 0 && clusteredSymbols[i] != clusteredSymbols[i - 1])
            {
                total += sum;
                sum = 0;
            }

            sum += clusteredSizes[i];
        }

        return total + sum;
    }

    /// <summary>Aggregation over contiguous groups.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("sum(qty) by sym, clustered")]
    public long OrderedAggregate() => Build.SumOf(orderedAggregate, 1);

    /// <summary>Keys and row numbers by Array.Sort; one column gathered.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("order by px")]
    public long SortFused()
    {
        var keys = prices.ToArray();
        var order = new int[Rows];
        for (var i = 0; i < Rows; i++)
        {
            order[i] = i;
        }

        Array.Sort(keys, order);
        var sum = 0L;
        foreach (var row in order)
        {
            sum += prices[row];
        }

        return sum;
    }

    /// <summary>Stable sort, and all five columns gathered.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("order by px")]
    public long Sort() => Build.SumOf(sort, MarketTable.PriceColumn);

    /// <summary>A priority queue of ten.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("order by px desc limit 10")]
    public long TopNFused()
    {
        var queue = new PriorityQueue<long, long>();
        foreach (var price in prices)
        {
            if (queue.Count < 10)
            {
                queue.Enqueue(price, price);
            }
            else if (price > queue.Peek())
            {
                queue.DequeueEnqueue(price, price);
            }
        }

        var sum = 0L;
        while (queue.TryDequeue(out var price, out _))
        {
            sum += price;
        }

        return sum;
    }

    /// <summary>Top-n.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("order by px desc limit 10")]
    public long TopN() => Build.SumOf(topN, MarketTable.PriceColumn);

    /// <summary>A dictionary from symbol to count.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("join on sym with counts")]
    public long HashJoinFused()
    {
        var counts = new Dictionary<int, long>();
        for (var i = 0; i < Rows; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, symbols[i], out _)++;
        }

        var sum = 0L;
        foreach (var symbol in symbols)
        {
            sum += counts[symbol];
        }

        return sum;
    }

    /// <summary>Hash aggregation and hash join, all seven columns gathered.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("join on sym with counts")]
    public long HashJoin() => Build.SumOf(hashJoin, MarketTable.Arrival.Schema.Columns.Count + 1);

    /// <summary>The last large trade of each symbol, kept while time goes on.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows), BenchmarkCategory("asof join with the last large trade")]
    public long AsofJoinFused()
    {
        var last = new long[2000];
        var sum = 0L;
        for (var i = 0; i < Rows; i++)
        {
            if (sizes[i] >= 500)
            {
                last[symbols[i]] = times[i];
            }

            sum += last[symbols[i]];
        }

        return sum;
    }

    /// <summary>ASOF join, all ten columns gathered.</summary>
    [Benchmark(OperationsPerInvoke = Rows), BenchmarkCategory("asof join with the last large trade")]
    public long AsofJoin() => Build.SumOf(asofJoin, MarketTable.Arrival.Schema.Columns.Count + MarketTable.TimeColumn);
}
