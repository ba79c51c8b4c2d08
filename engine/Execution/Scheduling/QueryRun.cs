using System.Diagnostics;
using System.Runtime.ExceptionServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// One query while it runs: what its operators share, and the threads that it may use. A thread takes the next morsel
/// from a shared counter when it is done with one, so uneven morsels do not leave a thread idle.
/// </summary>
internal sealed class QueryRun(EvaluationContext context, int threadCount, ExecutionStatistics? statistics)
    : IDisposable
{
    // Starting and joining a thread takes about as long as reading this many rows.
    private const long RowsWorthAThread = 32 * Batch.VectorRows;

    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
        context.CancellationToken
    );

    public EvaluationContext Context { get; } = context;

    public BlockPool Pool => Context.Pool;

    public ExecutionStatistics? Statistics { get; } = statistics;

    /// <summary>Ends when the caller cancels, when the query's reader is disposed of, or when a worker fails.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>True where the caller's thread leaves all work to others.</summary>
    public bool IsHandedOver => Context.WorkerStarting is not null;

    /// <summary>Called once a batch by whatever loops over batches.</summary>
    public void ThrowIfCancelled()
    {
        if (stop.IsCancellationRequested)
        {
            Throw.Error(ErrorCode.Cancelled, "The query was cancelled");
        }
    }

    /// <summary>Makes every thread of the query leave its work at the next batch.</summary>
    public void Stop() => stop.Cancel();

    /// <summary>How many threads reading all morsels of <paramref name="input"/> are worth.</summary>
    public int WorkersFor(PhysicalOperator input)
    {
        if (threadCount == 1 || input.MorselCount <= 1)
        {
            return 1;
        }

        var rows = 0L;
        for (var morsel = 0; morsel < input.MorselCount && rows < RowsWorthAThread * threadCount; morsel++)
        {
            rows += input.EstimateRows(morsel);
        }

        return (int)Math.Clamp(Math.Min(rows / RowsWorthAThread, input.MorselCount), 1, threadCount);
    }

    /// <summary>
    /// Reads all morsels of a prepared operator on <paramref name="workerCount"/> threads, of which the caller is the
    /// first unless the query is handed over. Each worker sees its morsels in ascending order. The first error stops the others
    /// and is thrown here.
    /// </summary>
    /// <param name="input">Whose morsels are read.</param>
    /// <param name="workerCount">From <see cref="WorkersFor"/>.</param>
    /// <param name="body">Takes the worker's number, the morsel's number and its reader, which it reads to the
    /// end.</param>
    public void ForEachMorsel(PhysicalOperator input, int workerCount, Action<int, int, IBatchReader> body)
    {
        var next = -1;
        ExceptionDispatchInfo? error = null;
        void Work(int worker)
        {
            try
            {
                for (
                    int morsel;
                    Volatile.Read(ref error) is null && (morsel = Interlocked.Increment(ref next)) < input.MorselCount;

                )
                {
                    ThrowIfCancelled();
                    using var reader = input.OpenMorsel(morsel);
                    body(worker, morsel, reader);
                }
            }
#pragma warning disable CA1031 // Whatever a worker meets is thrown again on the caller's thread, once all have stopped.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (
                    Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(e), null) is null
                    && workerCount > 1
                )
                {
                    Stop();
                }
            }
        }

        var firstThread = IsHandedOver ? 0 : 1;
        var threads = new Thread[workerCount - firstThread];
        for (var i = 0; i < threads.Length; i++)
        {
            var worker = i + firstThread;
            threads[i] = StartThread(() => Work(worker));
        }

        if (!IsHandedOver)
        {
            Work(0);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        error?.Throw();
    }

    /// <summary>Starts a thread that does not keep the process alive.</summary>
    public Thread StartThread(Action work)
    {
        var starting = Context.WorkerStarting;
        var thread = new Thread(() =>
        {
            starting?.Invoke();
            work();
        })
        {
            IsBackground = true,
            Name = "TickStore query",
        };
        thread.Start();
        return thread;
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();
}
