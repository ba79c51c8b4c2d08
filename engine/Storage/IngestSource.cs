using TickStore.Core;
using TickStore.Storage.Ingest;
using TickStore.Storage.Recovery;

namespace TickStore.Storage;

/// <summary>
/// Where rows come from: a feed or an import. While it is open, each table that it has written to waits for it: rows of
/// other sources are late only once they are behind the slowest. Disposing of it closes it. Thread-safe.
/// </summary>
public sealed class IngestSource : IDisposable
{
    private readonly Sequencer sequencer;
    private int closed;

    internal IngestSource(Sequencer sequencer, int id, string name, bool isLive)
    {
        this.sequencer = sequencer;
        (Id, Name, IsLive) = (id, name, isLive);
    }

    /// <summary>Its number in the log.</summary>
    public int Id { get; }

    /// <summary>Its name in the log.</summary>
    public string Name { get; }

    /// <summary>True for a feed: a row more than a day ahead of clock and feed is kept and counted, and closes
    /// nothing.</summary>
    public bool IsLive { get; }

    /// <summary>True once it was closed.</summary>
    public bool IsClosed => Volatile.Read(ref closed) != 0;

    /// <summary>Says that no row older than that comes from here any more, as at the end of a session. In
    /// nanoseconds.</summary>
    public void Mark(long eventNanos) => Append(MarkKind.EventTime, eventNanos);

    /// <summary>Says that nothing may come for a while: watermarks do not wait for it until its next row.</summary>
    public void MarkIdle() => Append(MarkKind.Idle, 0);

    /// <summary>Closes the source. A handle that failed meanwhile has no more use for it, so nothing is reported
    /// then.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0)
        {
            return;
        }

        try
        {
            sequencer.Mark(Id, MarkKind.Close, 0);
        }
        catch (TickStoreException)
        {
            // Recovery closes the sources of a handle that ended.
        }
    }

    private void Append(MarkKind kind, long eventNanos)
    {
        if (IsClosed)
        {
            Throw.Error(ErrorCode.InvalidArgument, $"Source {Name} was closed");
        }

        sequencer.Mark(Id, kind, eventNanos);
    }
}
