using TickStore.Storage;

namespace TickStore;

/// <summary>How an appender commits.</summary>
public sealed record AppenderOptions
{
    /// <summary>Rows at which the appender commits by itself.</summary>
    public int CommitRows { get; init; } = 16_384;

    /// <summary>What a commit waits for; null for the database's default.</summary>
    public Durability? Durability { get; init; }

    /// <summary>Who writes; lateness is judged by source. Null for nobody in particular. Stays the caller's.</summary>
    public IngestSource? Source { get; init; }
}
