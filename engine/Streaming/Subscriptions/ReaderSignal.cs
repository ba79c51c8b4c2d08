using System.Diagnostics.CodeAnalysis;

namespace TickStore.Streaming;

/// <summary>
/// Lets one reader wait for news of several threads. It spins a little while a core is likely to be idle, for waking a thread costs
/// tens of microseconds, and parks then. Telling costs two atomic operations where nobody is parked.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Somebody may tell at any time, and a semaphore without a wait handle holds nothing to dispose of."
)]
internal sealed class ReaderSignal
{
    private const int SpinRounds = 200;

    private static int spinningCount;

    private readonly SemaphoreSlim parked = new(0);
    private int isParked;
    private int version;

    /// <summary>Changes with every piece of news. Read it before looking for work, and wait for another one.</summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>There may be something to do. Any thread.</summary>
    public void Tell()
    {
        Interlocked.Increment(ref version);
        if (Volatile.Read(ref isParked) != 0 && Interlocked.Exchange(ref isParked, 0) != 0)
        {
            parked.Release();
        }
    }

    /// <summary>Waits until the version differs, or the time is over.</summary>
    /// <returns>False where the time was over first.</returns>
    public bool Wait(int seen, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Spin(seen))
        {
            return true;
        }

        if (!Park(seen))
        {
            return true;
        }

        try
        {
            if (parked.Wait(timeout, cancellationToken))
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            Unpark();
            throw;
        }

        Unpark();
        return Version != seen;
    }

    /// <summary>As <see cref="Wait"/>, without a thread.</summary>
    public async ValueTask WaitAsync(int seen, CancellationToken cancellationToken)
    {
        if (!Park(seen))
        {
            return;
        }

        try
        {
            await parked.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Unpark();
            throw;
        }
    }

    // The thread that commits needs a core of its own, and so does what goes on in the background.
    private bool Spin(int seen)
    {
        if (Interlocked.Increment(ref spinningCount) < Environment.ProcessorCount - 1)
        {
            for (var round = 0; round < SpinRounds && Version == seen; round++)
            {
                Thread.SpinWait(20);
            }
        }

        Interlocked.Decrement(ref spinningCount);
        return Version != seen;
    }

    private bool Park(int seen)
    {
        Interlocked.Exchange(ref isParked, 1);
        if (Version == seen)
        {
            return true;
        }

        Unpark();
        return false;
    }

    // Where somebody has taken the mark already, a release is on its way and must be taken too.
    private void Unpark()
    {
        if (Interlocked.Exchange(ref isParked, 0) == 0)
        {
            parked.Wait();
        }
    }
}
