using System.Numerics;

namespace TickStore.Streaming;

/// <summary>
/// Counts latencies in buckets of at most 1/128 relative width, exact below 128 ns and exact at the maximum (the layout is that of
/// HdrHistogram, Gil Tene). No allocation after the constructor. For one thread at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private readonly long[] counts = new long[(64 - SubBits + 1) << SubBits];

    /// <summary>Values added.</summary>
    public long Total { get; private set; }

    /// <summary>The largest value, in nanoseconds.</summary>
    public long MaxNanos { get; private set; }

    /// <summary>Adds <paramref name="count"/> values of so many nanoseconds; negative ones count as 0.</summary>
    public void Add(long nanos, long count = 1)
    {
        nanos = Math.Max(nanos, 0);
        counts[IndexOf(nanos)] += count;
        Total += count;
        MaxNanos = Math.Max(MaxNanos, nanos);
    }

    /// <summary>The value that a share of all values does not exceed, in microseconds; 0 without values.</summary>
    /// <param name="share">0 to 1; 1 is the maximum.</param>
    public double PercentileMicros(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Total));
        long seen = 0;
        for (var i = 0; i < counts.Length && wanted <= Total; i++)
        {
            seen += counts[i];
            if (seen >= wanted)
            {
                return Math.Min(UpperBound(i), MaxNanos) / 1000.0;
            }
        }

        return MaxNanos / 1000.0;
    }

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long UpperBound(int index)
    {
        var shift = Math.Max(0, (index >> SubBits) - 1);
        return ((index - ((long)shift << SubBits) + 1) << shift) - 1;
    }
}
