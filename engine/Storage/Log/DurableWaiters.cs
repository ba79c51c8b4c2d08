using System.Threading.Tasks.Sources;

namespace TickStore.Storage.Log;

/// <summary>Callers that wait for the durable position, blocking or asynchronously. Asynchronous waits are pooled objects:
/// no allocation once as many exist as ever waited at the same time.</summary>
internal sealed class DurableWaiters
{
    private readonly object _gate = new();
    private readonly PriorityQueue<AsyncWaiter, long> _async = new();
    private readonly Stack<AsyncWaiter> _pool = new();
    private Exception? _failure;
    private long _durable;

    /// <summary>Everything below this position is durable.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Blocks until <paramref name="position"/> is durable. Throws what <paramref name="failure"/> makes of the
    /// failure if it never will be.</summary>
    public void Wait(long position, Func<Exception, Exception> failure)
    {
        if (Durable >= position) return;
        lock (_gate)
        {
            while (_durable < position)
            {
                if (_failure is not null) throw failure(_failure);
                _ = Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>As <see cref="Wait"/>, without blocking.</summary>
    public ValueTask WaitAsync(long position, Func<Exception, Exception> failure)
    {
        if (Durable >= position) return ValueTask.CompletedTask;
        lock (_gate)
        {
            if (_durable >= position) return ValueTask.CompletedTask;
            if (_failure is not null) return ValueTask.FromException(failure(_failure));
            if (!_pool.TryPop(out var waiter)) waiter = new AsyncWaiter(this);
            waiter.Failure = failure;
            _async.Enqueue(waiter, position);
            return waiter.Task;
        }
    }

    /// <summary>Moves the durable position on and wakes who waited for it.</summary>
    public void Advance(long durable)
    {
        lock (_gate)
        {
            Volatile.Write(ref _durable, durable);
            Monitor.PulseAll(_gate);
            while (_async.TryPeek(out var waiter, out var position) && position <= durable)
            {
                _ = _async.Dequeue();
                waiter.Complete(null);
            }
        }
    }

    /// <summary>Wakes everybody with an error; the durable position stays where it is for good.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            Monitor.PulseAll(_gate);
            while (_async.TryDequeue(out var waiter, out _)) waiter.Complete(_failure);
        }
    }

    private void Return(AsyncWaiter waiter)
    {
        lock (_gate) _pool.Push(waiter);
    }

    private sealed class AsyncWaiter(DurableWaiters owner) : IValueTaskSource
    {
        // Continuations run on the pool: the log's thread must get on with the next batch.
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

        public Func<Exception, Exception> Failure { get; set; } = static e => e;

        public ValueTask Task => new(this, _core.Version);

        public void Complete(Exception? failure)
        {
            if (failure is null) _core.SetResult(true);
            else _core.SetException(Failure(failure));
        }

        public void GetResult(short token)
        {
            try
            {
                _ = _core.GetResult(token);
            }
            finally
            {
                _core.Reset();
                owner.Return(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
