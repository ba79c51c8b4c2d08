using System.Threading.Tasks.Sources;

namespace TickStore.Storage.Log;

/// <summary>Callers that wait for the durable position, blocking or asynchronously. Each is woken on its own, and only when its
/// position is durable: one condition for all would wake those of the next batch too, and all of them would queue for one lock.
/// Waits are pooled objects (one a thread where it blocks): no allocation in the long run.</summary>
internal sealed class DurableWaiters
{
    [ThreadStatic]
    private static BlockedWaiter? s_ofThisThread;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<IWaiter, long> _waiting = new();
    private readonly Stack<AsyncWaiter> _pool = new();
    private Exception? _failure;
    private long _durable;

    /// <summary>Everything below this position is durable.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Blocks until <paramref name="position"/> is durable. Throws what <paramref name="failure"/> makes of
    /// the failure if it never will be.</summary>
    public void Wait(long position, Func<Exception, Exception> failure)
    {
        if (Durable >= position)
            return;
        var waiter = s_ofThisThread ??= new BlockedWaiter();
        lock (_gate)
        {
            if (_durable >= position)
                return;
            if (_failure is not null)
                throw failure(_failure);
            _waiting.Enqueue(waiter, position);
        }

        if (waiter.Block() is { } error)
            throw failure(error);
    }

    /// <summary>As <see cref="Wait"/>, without blocking.</summary>
    public ValueTask WaitAsync(long position, Func<Exception, Exception> failure)
    {
        if (Durable >= position)
            return ValueTask.CompletedTask;
        lock (_gate)
        {
            if (_durable >= position)
                return ValueTask.CompletedTask;
            if (_failure is not null)
                return ValueTask.FromException(failure(_failure));
            if (!_pool.TryPop(out var waiter))
                waiter = new AsyncWaiter(this);
            waiter.Failure = failure;
            _waiting.Enqueue(waiter, position);
            return waiter.Task;
        }
    }

    /// <summary>Moves the durable position on and wakes who waited for it.
    /// Waking inside the lock measured twice as fast with 64 producers as waking outside of it.</summary>
    public void Advance(long durable)
    {
        lock (_gate)
        {
            Volatile.Write(ref _durable, durable);
            while (_waiting.TryPeek(out var waiter, out var at) && at <= durable)
            {
                _ = _waiting.Dequeue();
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
            while (_waiting.TryDequeue(out var waiter, out _))
                waiter.Complete(_failure);
        }
    }

    private void Return(AsyncWaiter waiter)
    {
        lock (_gate)
            _pool.Push(waiter);
    }

    private interface IWaiter
    {
        /// <summary>Ends the wait: well, or with an error.</summary>
        void Complete(Exception? failure);
    }

    private sealed class BlockedWaiter : IWaiter
    {
        private Exception? _error;
        private bool _done;

        public void Complete(Exception? failure)
        {
            lock (this)
            {
                (_done, _error) = (true, failure);
                Monitor.Pulse(this);
            }
        }

        public Exception? Block()
        {
            lock (this)
            {
                while (!_done)
                    _ = Monitor.Wait(this);
                var error = _error;
                (_done, _error) = (false, null);
                return error;
            }
        }
    }

    private sealed class AsyncWaiter(DurableWaiters owner) : IWaiter, IValueTaskSource
    {
        // Continuations run on the pool: the log's thread must get on with the next batch.
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

        public Func<Exception, Exception> Failure { get; set; } = static e => e;

        public ValueTask Task => new(this, _core.Version);

        public void Complete(Exception? failure)
        {
            if (failure is null)
                _core.SetResult(true);
            else
                _core.SetException(Failure(failure));
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

        public void OnCompleted(
            Action<object?> continuation,
            object? state,
            short token,
            ValueTaskSourceOnCompletedFlags flags
        ) => _core.OnCompleted(continuation, state, token, flags);
    }
}
