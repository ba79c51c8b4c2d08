using TickStore.Workloads;

namespace TickStore.EndToEnd.Latency;

/// <summary>Ticks made before the clock starts, played in a circle: 2,000 symbols by Zipf, prices that walk.</summary>
internal sealed class TickTape
{
    public const int SymbolCount = 2000;

    /// <summary>Ticks that arrive together.</summary>
    public const int BatchTicks = 20;

    private const int TickCount = 10_000 * BatchTicks;
    private readonly int[] symbols = new int[TickCount];
    private readonly long[] priceCents = new long[TickCount];
    private readonly int[] sizes = new int[TickCount];
    private int next;

    public TickTape()
    {
        var random = new SeededRandom(7);
        var cumulative = new double[SymbolCount];
        double sum = 0;
        for (var i = 0; i < SymbolCount; i++)
        {
            cumulative[i] = sum += Math.Pow(i + 1, -0.9);
        }

        var last = new long[SymbolCount];
        Array.Fill(last, 10_000);
        for (var i = 0; i < TickCount; i++)
        {
            var symbol = Array.BinarySearch(cumulative, random.NextUnit() * sum);
            symbols[i] = symbol = Math.Min(symbol < 0 ? ~symbol : symbol, SymbolCount - 1);
            priceCents[i] = last[symbol] = Math.Max(100, last[symbol] + random.Next(3) - 1);
            sizes[i] = 100 * (1 + random.Next(20));
        }
    }

    /// <summary>The next batch.</summary>
    public TickBatch Next(long intendedNanos)
    {
        var from = next;
        next = (next + BatchTicks) % TickCount;
        return new(
            intendedNanos,
            symbols.AsSpan(from, BatchTicks),
            priceCents.AsSpan(from, BatchTicks),
            sizes.AsSpan(from, BatchTicks)
        );
    }
}
