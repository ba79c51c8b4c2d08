using TickStore.Core;
using TickStore.Engine.Subscribing;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore;

/// <summary>
/// A handler that is called on the thread that commits. Dispose of it to have it called no more: once that has returned, it is not.
/// </summary>
public sealed class InlineSubscription : IChangeListener, IDisposable
{
    private readonly ChangeHandler handler;
    private readonly TickDatabase database;
    private readonly uint epoch;
    private Exception? error;
    private int disposed;

    internal InlineSubscription(ChangeHandler handler, ChangeShape shape, TickDatabase database)
    {
        (this.handler, Shape, this.database) = (handler, shape, database);
        epoch = database.Storage.Epoch;
    }

    /// <summary>What the changes look like.</summary>
    public ChangeShape Shape { get; }

    /// <summary>The end of the last step before the first that is told.</summary>
    public long StartSequence { get; internal set; }

    /// <summary>What the handler threw, or what the source failed with; it is not called after that. Null while all is well.</summary>
    public Exception? Error => Volatile.Read(ref error);

    internal ChangeSource? Source { get; set; }

    internal ChangePipeline? Pipeline { get; set; }

    /// <inheritdoc/>
    public void OnChanges(in DeltaBatch changes, long sequence)
    {
        if (error is not null)
        {
            return;
        }

        try
        {
            handler(new ChangePush(changes, Shape, sequence, epoch, database));
        }
        catch (Exception e)
        {
            // A subscriber's defect must not become the writer's: the handler is done, the commit goes on.
            Volatile.Write(ref error, e);
        }
    }

    /// <inheritdoc/>
    public void OnStep(long sequence) { }

    /// <inheritdoc/>
    public void OnFailed(TickStoreException failure) => Volatile.Write(ref error, failure);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            database.Storage.WhilePaused(_ => Source!.RemoveListener((IChangeListener?)Pipeline ?? this));
            Pipeline?.Dispose();
        }
    }
}
