// Proves what PlanExecutor promises whatever the plan: cancellation, errors and disposal in the middle end a query at
// once, all memory comes back, memory is bounded while the caller reads slowly, and statistics count rows.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Execution.Operators;
using static TickStore.Tests.Execution.Operators.TestTables;

namespace TickStore.Tests.Execution.Scheduling;

public sealed class PlanExecutorTests
{
    /// <summary>One plan of each kind over a table; enough that a new operator is added here to be tested.</summary>
    private static IEnumerable<PlanNode> Plans(FakeTableSource source)
    {
        var scan = Scan(source);
        var clustered = Scan(source, ScanOrder.Clustered);
        var bag = FakeAggregates.Bag(Column(scan, Sequence));
        var cumulative = new WindowCall("row_number", [], RowsFrame.ToCurrentRow, false, DataType.BigInt, null);
        yield return scan;
        yield return new FilterNode(scan, Column(scan, Flag));
        yield return new ProjectNode(scan, [Column(scan, Note)], ["n"]);
        yield return new LimitNode(scan, 1_000_000, 3);
        yield return new UnionAllNode(scan, clustered);
        yield return new AggregateNode(
            scan,
            [Column(scan, Note), Column(scan, Sym)],
            [bag with { Distinct = true, Filter = Column(scan, Flag) }],
            ["n", "s", "b"]
        );
        yield return new AggregateNode(scan, [], [bag], ["b"]);
        yield return new AggregateNode(clustered, [Column(scan, Sym), Column(scan, Time)], [bag], ["s", "t", "b"]);
        yield return new SortNode(scan, [Key(scan, Note), Key(scan, Time)]);
        yield return new TopNNode(scan, [Key(scan, Note)], 500, 2);
        yield return new JoinNode(
            scan,
            scan,
            JoinKind.Left,
            [Column(scan, Sequence)],
            [Column(scan, Sequence)],
            Column(scan, Flag)
        );
        yield return new AsofJoinNode(
            clustered,
            clustered,
            JoinKind.Left,
            [Column(scan, Sym)],
            [Column(scan, Sym)],
            Column(scan, Time),
            Column(scan, Time),
            AsofDirection.Nearest,
            false,
            null
        );
        yield return new WindowNode(scan, [Column(scan, Sym)], [Key(scan, Time)], [cumulative], ["w"]);
        yield return new WindowNode(clustered, [Column(scan, Sym)], [Key(scan, Time)], [cumulative], ["w"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Disposing_in_the_middle_stops_the_query_and_returns_all_memory(int threadCount)
    {
        var source = Make(1, 3000);
        source.BatchRows = 50;
        source.MorselRows = 200;
        foreach (var plan in Plans(source))
        {
            for (var batches = 0; batches < 3; batches++)
            {
                var context = TestQuery.Context(source.Symbols);
                using (var reader = PlanExecutor.Open(plan, context, threadCount))
                {
                    for (var i = 0; i < batches; i++)
                    {
                        reader.Next();
                    }
                }

                Assert.Equal(0, context.Pool.LeaseCount);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_error_in_the_middle_surfaces_once_and_returns_all_memory(int threadCount)
    {
        foreach (var after in new[] { 0, 1, 17 })
        {
            var source = Make(1, 3000);
            source.BatchRows = 50;
            source.MorselRows = 200;
            foreach (var plan in Plans(source))
            {
                source.FailAfterBatches = source.BatchesRead + after;
                var context = TestQuery.Context(source.Symbols);
                using (var reader = PlanExecutor.Open(plan, context, threadCount))
                {
                    var error = Assert.Throws<TickStoreException>(() => ReadAll(reader));
                    Assert.Equal(ErrorCode.Corruption, error.Code);
                    Assert.Null(reader.Next());
                }

                Assert.Equal(0, context.Pool.LeaseCount);
                Assert.Equal(0, context.Pool.Budget.UsedBytes);
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Cancelling_ends_the_query_at_the_next_batch(int threadCount, bool sourcePolls)
    {
        var source = Make(1, 3000);
        source.BatchRows = 50;
        source.MorselRows = 200;
        foreach (var plan in Plans(source))
        {
            using var cancellation = new CancellationTokenSource();
            var start = source.BatchesRead;
            var atCancel = long.MaxValue;
            source.OnBatch = () =>
            {
                if (source.BatchesRead - start >= 10)
                {
                    cancellation.Cancel();

                    // Counted once the token is set: another thread may read on while this one is on its way there.
                    Interlocked.CompareExchange(ref atCancel, source.BatchesRead, long.MaxValue);
                }

                // A source may notice first, and says it in the way of .NET: the query's error is the same.
                if (sourcePolls)
                {
                    cancellation.Token.ThrowIfCancellationRequested();
                }
            };
            var context = TestQuery.Cancellable(source.Symbols, cancellation.Token);
            using (var reader = PlanExecutor.Open(plan, context, threadCount))
            {
                Assert.Equal(ErrorCode.Cancelled, Assert.Throws<TickStoreException>(() => ReadAll(reader)).Code);
                Assert.Null(reader.Next());
            }

            Assert.InRange(source.BatchesRead - atCancel, 0, threadCount);
            Assert.Equal(0, context.Pool.LeaseCount);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_budget_that_ends_anywhere_is_an_error_and_leaks_nothing(int threadCount)
    {
        var source = Make(1, 800);
        source.MorselRows = 200;
        foreach (var plan in Plans(source))
        {
            var failures = 0;
            for (var budget = 8L << 10; ; budget = budget * 3 / 2)
            {
                var context = TestQuery.Context(source.Symbols, budget);
                var isEnough = true;
                using (var reader = PlanExecutor.Open(plan, context, threadCount))
                {
                    try
                    {
                        ReadAll(reader);
                    }
                    catch (TickStoreException e)
                    {
                        Assert.Equal(ErrorCode.MemoryBudget, e.Code);
                        isEnough = false;
                        failures++;
                    }
                }

                Assert.Equal(0, context.Pool.LeaseCount);
                if (isEnough)
                {
                    break;
                }
            }

            Assert.True(failures > 0);
        }
    }

    [Fact]
    public void A_slow_caller_holds_the_workers_back()
    {
        var source = Make(1, 20_000);
        source.BatchRows = 10;
        source.MorselRows = 10_000;
        var context = TestQuery.Context(source.Symbols);
        using (var reader = PlanExecutor.Open(Scan(source, ScanOrder.None, Time, Sym), context, 2))
        {
            Assert.NotNull(reader.Next());

            // Two workers, each with a full queue, one batch in hand and one being read.
            SpinWait.SpinUntil(() => source.BatchesRead >= 66, 2000);
            SpinWait.SpinUntil(() => source.BatchesRead > 70, 200);
            Assert.InRange(source.BatchesRead, 1, 70);
        }

        Assert.Equal(0, context.Pool.LeaseCount);
    }

    [Fact]
    public void Statistics_count_the_rows_of_each_node()
    {
        var source = Make(1, 2000);
        var scan = Scan(source);
        var filter = new FilterNode(scan, Column(scan, Flag));
        var sort = new SortNode(filter, [Key(filter, Note)]);
        var limit = new LimitNode(sort, 10, 0);
        var kept = RowsOf(scan).Count(r => r[Flag] is true);
        foreach (var threadCount in new[] { 1, 2 })
        {
            var statistics = new ExecutionStatistics();
            Assert.Equal(10, TestQuery.Run(limit, source.Symbols, threadCount, statistics).Count);
            Assert.Equal(2000, statistics.RowsOf(scan));
            Assert.Equal(kept, statistics.RowsOf(filter));
            Assert.Equal(10, statistics.RowsOf(limit));
            Assert.True(statistics.TotalTimeOf(sort) >= statistics.TotalTimeOf(filter));
            Assert.True(statistics.SelfTimeOf(scan) > TimeSpan.Zero);
            Assert.Contains("2,000 rows", PlanText.Write(limit, statistics.Annotate), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void A_thread_count_out_of_range_is_refused(int threadCount)
    {
        var source = Make(1, 1);
        var error = Assert.Throws<TickStoreException>(() =>
            PlanExecutor.Open(Scan(source), TestQuery.Context(source.Symbols), threadCount)
        );
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
    }

    private static void ReadAll(IBatchReader reader)
    {
        while (reader.Next() is not null) { }
    }
}
