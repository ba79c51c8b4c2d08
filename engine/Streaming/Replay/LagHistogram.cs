using System.Numerics;

namespace TickStore.Streaming;

/// <summary>
/// Counts latencies in buckets of at most 1/16 relative width, as HdrHistogram does (Gil Tene): exact enough for
/// percentiles, no allocation, a few nanoseconds a value.
/// </summary>
internal sealed class LagHistogram
{
    private const int SubBits = 4;
    private readonly long[] counts = new long[(64 - SubBits + 1) << SubBits];
    private long total;

    /// <summary>Adds <paramref name="count"/> values of so many nanoseconds; negative ones count as 0.</summary>
    public void Add(long nanos, long count = 1)
    {
        counts[IndexOf(Math.Max(nanos, 0))] += count;
        total += count;
    }

    /// <summary>The value that a share of all values does not exceed, in microseconds; 0 without values.</summary>
    /// <param name="share">0 to 1, such as 0.999.</param>
    public double PercentileMicros(double share)
    {
        var wanted = (long)Math.Ceiling(share * total);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (counts[i] > 0 && seen >= wanted)
            {
                return UpperBound(i) / 1000.0;
            }
        }

        return 0;
    }

    private static int IndexOf(long value)
    {
        if (value < 1 << SubBits)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) - (1 << SubBits));
    }

    private static double UpperBound(int index)
    {
        if (index < 1 << SubBits)
        {
            return index;
        }

        var shift = (index >> SubBits) - 1;
        var leading = (index & ((1 << SubBits) - 1)) + (1 << SubBits) + 1;
        return (leading * Math.Pow(2, shift)) - 1;
    }
}
