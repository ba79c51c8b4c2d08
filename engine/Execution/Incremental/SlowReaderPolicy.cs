namespace TickStore.Execution;

/// <summary>What becomes of a subscriber whose unread changes take more than its queue may hold.</summary>
public enum SlowReaderPolicy : byte
{
    /// <summary>It is cut off: reading throws SlowSubscriber, and it may resume from the last sequence it has seen.</summary>
    Disconnect,

    /// <summary>Of the unread changes only the newest of each key is kept.</summary>
    Conflate,

    /// <summary>The unread changes are dropped; the next block says how many rows.</summary>
    Skip,

    /// <summary>
    /// Whoever commits waits until the subscriber has read. Dangerous: a subscriber that stops stops all writers, and one that commits by
    /// itself, or disposes of other subscriptions, while it is behind never gets on.
    /// </summary>
    Block,
}
