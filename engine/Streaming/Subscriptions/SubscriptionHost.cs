using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>What a subscription needs of its database.</summary>
public sealed record SubscriptionHost
{
    /// <summary>The dictionary that SYMBOL ids refer to.</summary>
    public required ISymbolTable Symbols { get; init; }

    /// <summary>Lends memory.</summary>
    public required BlockPool Pool { get; init; }

    /// <summary>Drives intervals of conflation and of progress.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Which opening of the database this is.</summary>
    public required uint Epoch { get; init; }

    /// <summary>The last sequence that survives a crash, as far as is known.</summary>
    public required Func<long> DurableSequence { get; init; }
}
