using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>How one subscriber wants to be served. Columns are indexes in the schema of the changes.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>Bytes of unread changes, roughly, before <see cref="OnSlow"/> is applied.</summary>
    public const long DefaultQueueBytes = 64L << 20;

    /// <summary>How changes are told.</summary>
    public SubscriptionEnvelope Envelope { get; init; }

    /// <summary>The columns whose newest row counts, for the upsert envelope and for conflation; empty for the key of the source.</summary>
    public IReadOnlyList<int> ConflationKey { get; init; } = [];

    /// <summary>How long changes of a key are gathered before the newest is handed out; zero for not at all.</summary>
    public TimeSpan ConflateInterval { get; init; }

    /// <summary>How often a mark of progress is handed out; zero for never.</summary>
    public TimeSpan ProgressInterval { get; init; }

    /// <summary>True: rows are handed out once they survive a crash, and no sooner.</summary>
    public bool IsDurable { get; init; }

    /// <summary>What is done about a reader that falls behind.</summary>
    public SlowReaderPolicy OnSlow { get; init; }

    /// <summary>Bytes of unread changes, roughly, before <see cref="OnSlow"/> is applied.</summary>
    public long QueueBytes { get; init; } = DefaultQueueBytes;

    /// <summary>The subscription ends once everything up to this sequence has been handed out; null for never.</summary>
    public long? UntilSequence { get; init; }

    /// <summary>The subscription ends after this many rows; null for no limit.</summary>
    public long? Limit { get; init; }
}
