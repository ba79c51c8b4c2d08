using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Runs plans. See <see cref="PhysicalOperator"/> for how.</summary>
public static class PlanExecutor
{
    /// <summary>The number of threads of a query that does not say otherwise.</summary>
    public const int DefaultThreadCount = 2;

    /// <summary>The most threads that a query may ask for.</summary>
    public const int ThreadCountMax = 256;

    /// <summary>
    /// Makes a plan ready to run. Reads nothing yet: the first call of <see cref="IBatchReader.Next"/> does all that
    /// must be done before there is a first row.
    /// </summary>
    /// <param name="plan">The plan; it may be shared and run many times.</param>
    /// <param name="context">
    /// Symbols, memory and cancellation of this query. What the query takes from the pool it has returned when the
    /// reader has been disposed of, also after an error.
    /// </param>
    /// <param name="threadCount">
    /// Threads that may work at once, 1 to <see cref="ThreadCountMax"/>. With 1, everything runs on the caller's thread
    /// inside <see cref="IBatchReader.Next"/>, and no batch is copied on its way out. Rows, their order and their bits
    /// are the same for any number.
    /// </param>
    /// <param name="statistics">Filled with rows and time of each node, for EXPLAIN ANALYZE; null for no
    /// measuring.</param>
    /// <returns>
    /// The rows, batch by batch, for one thread at a time. Disposing of it in the middle stops the query, and waits
    /// until its threads have stopped. Next throws <see cref="TickStoreException"/>: <see cref="ErrorCode.Cancelled"/>
    /// (seen once a batch), <see cref="ErrorCode.MemoryBudget"/>, or what an expression or a source throws. After an
    /// error the reader yields nothing more.
    /// </returns>
    public static IBatchReader Open(
        PlanNode plan,
        EvaluationContext context,
        int threadCount = DefaultThreadCount,
        ExecutionStatistics? statistics = null
    )
    {
        if (threadCount is < 1 or > ThreadCountMax)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A query cannot run on {threadCount} threads: 1 to {ThreadCountMax}"
            );
        }

        return new QueryReader(PlanCompiler.Compile(plan), new QueryRun(context, threadCount, statistics));
    }

    private sealed class QueryReader(PhysicalOperator root, QueryRun run) : IBatchReader
    {
        private IBatchReader? rows;
        private bool isFinished;

        public Batch? Next()
        {
            if (isFinished)
            {
                return null;
            }

            try
            {
                run.ThrowIfCancelled();
                if (rows is null)
                {
                    root.Prepare(run);
                    rows = MorselSequence.Open(run, root);
                }

                var batch = rows.Next();
                isFinished = batch is null;
                return batch;
            }
            catch (OperationCanceledException e)
            {
                // Sources poll the token as all of .NET does; here, where the query ends, it becomes the query's error.
                isFinished = true;
                throw new TickStoreException(ErrorCode.Cancelled, "The query was cancelled", e);
            }
            catch
            {
                isFinished = true;
                throw;
            }
        }

        public void Dispose()
        {
            if (!isDisposed)
            {
                isDisposed = true;
                isFinished = true;
                run.Stop();
                rows?.Dispose();
                root.Dispose();
                run.Dispose();
            }
        }

        private bool isDisposed;
    }
}
