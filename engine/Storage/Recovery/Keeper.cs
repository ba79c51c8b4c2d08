using TickStore.Core;
using TickStore.Storage.Catalog;

namespace TickStore.Storage.Recovery;

/// <summary>
/// Decides when to seal, and does it on a thread of its own: a table whose head is large, the largest heads when all
/// together are, and whatever keeps the log from being truncated. After that it compacts. Commits that find the heads
/// full wait here for a round of it.
/// </summary>
internal sealed class Keeper : IDisposable
{
    private readonly object gate = new();
    private readonly StorageOptions options;
    private readonly DatabaseState state;
    private readonly MemoryBudget headBudget;
    private readonly Checkpointer checkpointer;
    private readonly Func<long> logEnd;
    private readonly Action compact;
    private readonly Thread? thread;
    private bool isRequested;
    private bool isStopping;
    private int waiterCount;
    private long roundsStarted;
    private long roundsDone;
    private long lastSealedRows;
    private TickStoreException? lastError;

    public Keeper(
        StorageOptions options,
        DatabaseState state,
        MemoryBudget headBudget,
        Checkpointer checkpointer,
        Func<long> logEnd,
        Action compact
    )
    {
        (this.options, this.state, this.headBudget) = (options, state, headBudget);
        (this.checkpointer, this.logEnd, this.compact) = (checkpointer, logEnd, compact);
        if (options.BackgroundWork)
        {
            thread = new Thread(Run)
            {
                Name = "TickStore keeper",
                IsBackground = true,
                Priority = ThreadPriority.BelowNormal,
            };
            thread.Start();
        }
    }

    /// <summary>The error of the last round, or null if it went well.</summary>
    public TickStoreException? LastError => Volatile.Read(ref lastError);

    /// <summary>Called by the sequencer when a table got chunks; wakes the thread if there is something to
    /// do.</summary>
    public void ChunksAdded(StorageTable table, long logEndPosition)
    {
        if (
            thread is not null
            && (
                table.Versions.Current.HeadBytes >= options.SealBytes
                || headBudget.UsedBytes > options.HeadLimitBytes / 2
                || logEndPosition - checkpointer.ReplayPosition > options.LogBytesMax
            )
        )
        {
            Request();
        }
    }

    /// <summary>Asks for a round, without waiting for it.</summary>
    public void Request()
    {
        lock (gate)
        {
            isRequested = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Back-pressure: while heads hold more than their share and sealing frees some, the caller
    /// waits.</summary>
    public void WaitForRoom()
    {
        while (headBudget.UsedBytes > options.HeadLimitBytes && Relieve()) { }
    }

    /// <summary>Seals what there is, or waits until that was done. Not under the sequencer's lock.</summary>
    /// <returns>False where there was nothing to seal: more room will not come from here. Throws what keeps sealing
    /// from working.</returns>
    public bool Relieve()
    {
        if (thread is null)
        {
            return SealLargest(underPressure: true) > 0;
        }

        lock (gate)
        {
            // The round that is under way may have looked before our commit: the one after it counts.
            var wanted = roundsStarted + 1;
            isRequested = true;
            waiterCount++;
            Monitor.PulseAll(gate);
            while (roundsDone < wanted && !isStopping)
            {
                Monitor.Wait(gate);
            }

            waiterCount--;
            if (lastError is { } error)
            {
                throw new TickStoreException(
                    error.Code,
                    $"Sealing failed, and the memory for new rows is used up: {error.Message}",
                    error
                );
            }

            return lastSealedRows > 0 && !isStopping;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isStopping = true;
            Monitor.PulseAll(gate);
        }

        thread?.Join();
    }

    private void Run()
    {
        while (true)
        {
            bool underPressure;
            lock (gate)
            {
                while (!isRequested && !isStopping)
                {
                    Monitor.Wait(gate);
                }

                if (isStopping)
                {
                    return;
                }

                isRequested = false;
                underPressure = waiterCount > 0;
                roundsStarted++;
            }

            var sealedRows = 0L;
            TickStoreException? error = null;
            try
            {
                sealedRows = SealLargest(underPressure);
                if (!underPressure)
                {
                    compact();
                }
            }
            catch (TickStoreException e)
            {
                error = e;
            }
#pragma warning disable CA1031 // An exception here would end the host's process; commits that wait are told instead.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = new TickStoreException(ErrorCode.Internal, $"Sealing failed: {e.Message}", e);
            }

            lock (gate)
            {
                (lastSealedRows, lastError) = (sealedRows, error);
                roundsDone++;
                Monitor.PulseAll(gate);
            }
        }
    }

    private long SealLargest(bool underPressure)
    {
        var chosen = new List<StorageTable>();
        var heads = new List<(StorageTable Table, long Bytes)>();
        var unsealedBytes = 0L;
        var oldestKept = logEnd() - (options.LogBytesMax / 2);
        foreach (var table in state.Tables.All)
        {
            var version = table.Versions.Acquire();
            var bytes = version.HeadBytes;
            var holdsLog = version.Chunks.Length > 0 && version.Chunks[0].FirstLogPosition < oldestKept;
            version.Release();
            if (bytes >= options.SealBytes || (holdsLog && bytes > 0))
            {
                chosen.Add(table);
            }
            else if (bytes > 0)
            {
                heads.Add((table, bytes));
                unsealedBytes += bytes;
            }
        }

        heads.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        var target = underPressure ? options.HeadLimitBytes / 4 : options.HeadLimitBytes / 2;
        foreach (var (table, bytes) in heads)
        {
            if (unsealedBytes <= target && !(underPressure && chosen.Count == 0))
            {
                break;
            }

            chosen.Add(table);
            unsealedBytes -= bytes;
        }

        return chosen.Count == 0 && !underPressure && oldestKept <= checkpointer.ReplayPosition
            ? 0
            : checkpointer.Seal(chosen, options.SealingYields && !underPressure);
    }
}
