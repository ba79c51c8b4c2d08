namespace TickStore.EndToEnd.Latency;

/// <summary>
/// A way from a tick to whoever waits for it. A new one is a class of its own under Paths and a line in <see cref="LatencyPaths"/>.
/// </summary>
internal interface ILatencyPath : IDisposable
{
    /// <summary>
    /// Takes a batch of ticks, on the generator's thread; the call may take its time, the schedule does not wait for it. The path tells
    /// its sink, from one thread, when the ticks are where they should be.
    /// </summary>
    void Publish(in TickBatch ticks);

    /// <summary>Waits until all that was published is delivered. Called once, after the last batch, by the generator.</summary>
    void Drain();
}

/// <summary>Ticks that arrive together, as in one packet.</summary>
/// <param name="IntendedNanos">When the schedule meant them to be sent; also their event time.</param>
/// <param name="Symbols">Symbol indexes.</param>
/// <param name="PriceCents">Prices.</param>
/// <param name="Sizes">Shares.</param>
internal readonly ref struct TickBatch(
    long intendedNanos,
    ReadOnlySpan<int> symbols,
    ReadOnlySpan<long> priceCents,
    ReadOnlySpan<int> sizes
)
{
    public long IntendedNanos { get; } = intendedNanos;

    public ReadOnlySpan<int> Symbols { get; } = symbols;

    public ReadOnlySpan<long> PriceCents { get; } = priceCents;

    public ReadOnlySpan<int> Sizes { get; } = sizes;

    public int Count => Symbols.Length;
}
