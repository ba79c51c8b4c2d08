using System.Runtime.ExceptionServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// All morsels of an operator in order, read ahead by worker threads. Each morsel that is being read has a queue of
/// bounded length; the caller empties the queues in the order of the morsels, so the order of rows is that of one
/// thread. A worker whose queue is full waits: who reads slowly is not flooded.
/// </summary>
/// <remarks>
/// No deadlock: the worker of the earliest unfinished morsel waits only for the caller, and the caller only for it.
/// </remarks>
internal sealed class MorselQueues : IBatchReader
{
    private const int QueuedBatchesMax = 32;

    private readonly object gate = new();
    private readonly QueryRun run;
    private readonly PhysicalOperator input;
    private readonly MorselQueue?[] queues;
    private readonly Stack<Batch> spare = new();
    private readonly Thread[] threads;
    private Batch? onLoan;
    private ExceptionDispatchInfo? error;
    private int currentMorsel;
    private int nextMorsel;
    private bool isStopped;

    public MorselQueues(QueryRun run, PhysicalOperator input, int workerCount)
    {
        this.run = run;
        this.input = input;
        queues = new MorselQueue?[input.MorselCount];
        threads = new Thread[workerCount];
        for (var i = 0; i < workerCount; i++)
        {
            threads[i] = run.StartThread(Work);
        }
    }

    /// <inheritdoc/>
    public Batch? Next()
    {
        lock (gate)
        {
            if (onLoan is not null)
            {
                spare.Push(onLoan);
                onLoan = null;
            }

            while (!isStopped && currentMorsel < queues.Length)
            {
                if (error is not null)
                {
                    break;
                }

                if (queues[currentMorsel] is { } queue)
                {
                    if (queue.Batches.TryDequeue(out onLoan))
                    {
                        Monitor.PulseAll(gate);
                        return onLoan;
                    }

                    if (queue.IsComplete)
                    {
                        queues[currentMorsel++] = null;
                        continue;
                    }
                }

                Monitor.Wait(gate);
            }

            if (error is not null && !isStopped)
            {
                isStopped = true;
                Monitor.PulseAll(gate);
                error.Throw();
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            Monitor.PulseAll(gate);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        onLoan?.Dispose();
        onLoan = null;
        while (spare.TryPop(out var batch))
        {
            batch.Dispose();
        }

        foreach (var queue in queues)
        {
            while (queue is not null && queue.Batches.TryDequeue(out var batch))
            {
                batch.Dispose();
            }
        }
    }

    private void Work()
    {
        try
        {
            while (TakeMorsel() is { } taken)
            {
                using (var reader = input.OpenMorsel(taken.Morsel))
                {
                    while (reader.Next() is { } batch)
                    {
                        run.ThrowIfCancelled();
                        if (!Enqueue(taken.Queue, batch))
                        {
                            return;
                        }
                    }
                }

                lock (gate)
                {
                    taken.Queue.IsComplete = true;
                    Monitor.PulseAll(gate);
                }
            }
        }
#pragma warning disable CA1031 // Whatever a worker meets is thrown again on the caller's thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (gate)
            {
                error ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(gate);
            }
        }
    }

    private (int Morsel, MorselQueue Queue)? TakeMorsel()
    {
        lock (gate)
        {
            if (isStopped || error is not null || nextMorsel >= queues.Length)
            {
                return null;
            }

            var queue = new MorselQueue();
            queues[nextMorsel] = queue;
            return (nextMorsel++, queue);
        }
    }

    // Copies outside the lock: the reader's batch is on loan to this thread alone.
    private bool Enqueue(MorselQueue queue, Batch batch)
    {
        Batch? copy;
        lock (gate)
        {
            while (queue.Batches.Count >= QueuedBatchesMax && !isStopped && error is null)
            {
                Monitor.Wait(gate);
            }

            if (isStopped || error is not null)
            {
                return false;
            }

            spare.TryPop(out copy);
        }

        copy ??= Batch.Allocate(batch.Schema, Batch.VectorRows, run.Pool);
        try
        {
            copy.Clear();
            copy.AppendRange(batch, 0, batch.RowCount);
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        lock (gate)
        {
            queue.Batches.Enqueue(copy);
            Monitor.PulseAll(gate);
        }

        return true;
    }

    private sealed class MorselQueue
    {
        public Queue<Batch> Batches { get; } = new(QueuedBatchesMax);

        public bool IsComplete { get; set; }
    }
}
