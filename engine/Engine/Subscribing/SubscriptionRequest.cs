using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore;

/// <summary>What a subscriber asks for. Either <see cref="Source"/> or <see cref="Query"/> says of what.</summary>
public sealed record SubscriptionRequest
{
    /// <summary>Name of a table or a view, ignoring case.</summary>
    public string? Source { get; init; }

    /// <summary>Filters and projections of one table or view, which run at the source, on the thread that commits.</summary>
    public KeyedPlan? Query { get; init; }

    /// <summary>True: what is there comes first, as inserts; without it only what changes from now on.</summary>
    public bool Snapshot { get; init; }

    /// <summary>
    /// Resumes: changes after this sequence. Of a table these are its rows, whatever the sequence; of a view what its contents are now
    /// minus what they were then, which costs computing what they were then (rows that are only added are read directly). Null
    /// for from now on.
    /// </summary>
    public long? FromSequence { get; init; }

    /// <summary>
    /// The epoch in which <see cref="FromSequence"/> was seen (<see cref="ChangeBlock.Epoch"/>). If a crash has taken back rows that were
    /// seen in it, a RolledBack mark comes first. Null for this one.
    /// </summary>
    public uint? Epoch { get; init; }

    /// <summary>The subscription ends once everything up to this sequence has been handed out.</summary>
    public long? UntilSequence { get; init; }

    /// <summary>The subscription ends after this many rows.</summary>
    public long? Limit { get; init; }

    /// <summary>How changes are told.</summary>
    public SubscriptionEnvelope Envelope { get; init; }

    /// <summary>Columns of the upsert envelope's key; empty for the key of the source.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>True: only rows whose column <c>is_final</c> is true, of bars those that have closed.</summary>
    public bool FinalOnly { get; init; }

    /// <summary>How long changes of a key are gathered before the newest is handed out; zero for not at all.</summary>
    public TimeSpan ConflateInterval { get; init; }

    /// <summary>Columns whose newest row counts; empty for <see cref="Key"/>.</summary>
    public IReadOnlyList<string> ConflateBy { get; init; } = [];

    /// <summary>What is done about a reader that falls behind.</summary>
    public SlowReaderPolicy OnSlow { get; init; }

    /// <summary>Bytes of unread changes, roughly, before <see cref="OnSlow"/> is applied.</summary>
    public long QueueBytes { get; init; } = SubscriptionOptions.DefaultQueueBytes;

    /// <summary>How often a mark of progress comes; zero for never.</summary>
    public TimeSpan ProgressInterval { get; init; }

    /// <summary>
    /// The reader's name: the database keeps how far it has acknowledged (<see cref="TickDatabase.Acknowledge"/>),
    /// and goes on behind that when the name subscribes again without <see cref="FromSequence"/>, whatever <see
    /// cref="Snapshot"/> says. One subscription at a time has a name. Implies <see cref="IsDurable"/>, so that what a
    /// name has seen is never taken back. Null for none.
    /// </summary>
    public string? DurableName { get; init; }

    /// <summary>VISIBILITY DURABLE: rows come once they survive a crash, and no sooner.</summary>
    public bool IsDurable { get; init; }
}
