using TickStore.Core;

namespace TickStore.Storage.Scans;

/// <summary>
/// The readers of one scan, as many as threads read it at once: a morsel goes on with the buffers of one that ended. Thread-safe. Disposing
/// of it frees them; a reader still on loan then is freed when it comes back.
/// </summary>
internal sealed class ReusedReaders<TReader>(Func<TReader> make) : IDisposable
    where TReader : class, IBatchReader
{
    private readonly Lock gate = new();
    private readonly Stack<TReader> idle = new();
    private bool isDisposed;

    /// <summary>Lends a reader, which holds what it read last: start it anew.</summary>
    public LentReader Lend()
    {
        lock (gate)
        {
            if (idle.TryPop(out var reader))
            {
                return new(this, reader);
            }
        }

        return new(this, make());
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            while (idle.TryPop(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    private void Return(TReader reader)
    {
        lock (gate)
        {
            if (!isDisposed)
            {
                idle.Push(reader);
                return;
            }
        }

        reader.Dispose();
    }

    /// <summary>A reader on loan to one morsel. An object of its own, so that disposing of it twice gives back once.</summary>
    public sealed class LentReader(ReusedReaders<TReader> owner, TReader reader) : IBatchReader
    {
        private bool isReturned;

        /// <summary>The reader, to be started.</summary>
        public TReader Reader => reader;

        public Batch? Next()
        {
            ObjectDisposedException.ThrowIf(isReturned, this);
            return reader.Next();
        }

        public void Dispose()
        {
            if (!isReturned)
            {
                isReturned = true;
                owner.Return(reader);
            }
        }
    }
}
