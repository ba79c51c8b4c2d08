namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// The floor of the method: one-minute bars of 2,000 symbols by hand and a callback a tick, all on the generator's thread. No database
/// takes part.
/// </summary>
internal sealed class InlineBars(PathSetting setting) : ILatencyPath
{
    private const long BucketNanos = 60_000_000_000;

    private readonly Bar[] bars = new Bar[TickTape.SymbolCount];
    private Subscriber subscriber = new();

    public void Publish(in TickBatch ticks)
    {
        var bucketStart = ticks.IntendedNanos / BucketNanos * BucketNanos;
        for (var i = 0; i < ticks.Count; i++)
        {
            ref var bar = ref bars[ticks.Symbols[i]];
            bar.Take(bucketStart, ticks.PriceCents[i], ticks.Sizes[i]);
            subscriber.OnBar(ticks.Symbols[i], bar);
        }

        setting.Sink.Delivered(ticks.IntendedNanos, ticks.Count);
    }

    public void Drain() { }

    public void Dispose()
    {
        if (subscriber.Volume == 0)
        {
            throw new InvalidDataException("No bar arrived");
        }
    }

    private struct Bar
    {
        public long StartNanos;
        public long Open;
        public long High;
        public long Low;
        public long Close;
        public long Volume;

        public void Take(long bucketStart, long price, int size)
        {
            if (bucketStart != StartNanos)
            {
                (StartNanos, Open, High, Low, Volume) = (bucketStart, price, price, price, 0);
            }

            High = Math.Max(High, price);
            Low = Math.Min(Low, price);
            Close = price;
            Volume += size;
        }
    }

    /// <summary>Somebody else's code: not inlined, and it looks at what it gets.</summary>
    private sealed class Subscriber
    {
        public long Volume { get; private set; }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        public void OnBar(int symbol, in Bar bar) => Volume += bar.Close + bar.Volume + symbol;
    }
}
