using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>Runs plans in a pool of their own, and checks that all memory has come back.</summary>
internal static class TestQuery
{
    public static EvaluationContext Context(ISymbolTable symbols, long budgetBytes = 1L << 30) =>
        Cancellable(symbols, TestContext.Current.CancellationToken, budgetBytes);

    public static EvaluationContext Cancellable(
        ISymbolTable symbols,
        CancellationToken token,
        long budgetBytes = 1L << 30
    ) =>
        new()
        {
            Symbols = symbols,
            Pool = new BlockPool(new MemoryBudget(budgetBytes, "the query"), 16 << 20),
            CancellationToken = token,
        };

    public static List<object?[]> Run(
        PlanNode plan,
        ISymbolTable symbols,
        int threadCount,
        ExecutionStatistics? statistics = null
    )
    {
        var context = Context(symbols);
        var rows = new List<object?[]>();
        using (var reader = PlanExecutor.Open(plan, context, threadCount, statistics))
        {
            while (reader.Next() is { } batch)
            {
                Assert.InRange(batch.RowCount, 1, Batch.VectorRows);
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([
                        .. Enumerable.Range(0, batch.ColumnCount).Select(c => TestRow.Read(batch[c], row, symbols)),
                    ]);
                }
            }
        }

        Assert.Equal(0, context.Pool.LeaseCount);
        Assert.Equal(0, context.Pool.Budget.UsedBytes);
        return rows;
    }

    /// <summary>
    /// Runs a plan with 1 and 2 threads over batches and morsels of several sizes: always the expected rows, in the
    /// expected order, to the bit.
    /// </summary>
    public static void Check(
        PlanNode plan,
        IEnumerable<IEnumerable<object?>> expected,
        params FakeTableSource[] sources
    )
    {
        var wanted = expected.Select(TestRow.Text).ToList();
        foreach (
            var (threadCount, batchRows, morselRows) in new[]
            {
                (1, 1024, 100_000),
                (1, 7, 50),
                (2, 1024, 100),
                (3, 1, 33),
            }
        )
        {
            foreach (var source in sources)
            {
                source.BatchRows = batchRows;
                source.MorselRows = morselRows;
            }

            var found = Run(plan, sources[0].Symbols, threadCount).Select(r => TestRow.Text(r)).ToList();
            Assert.Equal(wanted, found);
        }
    }
}
