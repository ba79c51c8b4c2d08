namespace TickStore.Workloads;

/// <summary>Draws an index by weight in constant time (Walker's alias method, in Vose's form).</summary>
public sealed class AliasTable
{
    private readonly double[] keep;
    private readonly int[] other;

    /// <summary>Prepares drawing index i with a probability proportional to <paramref name="weights"/>[i].</summary>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var count = weights.Length;
        keep = new double[count];
        other = new int[count];
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < count; i++)
        {
            keep[i] = weights[i] * count / sum;
            (keep[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            other[less] = more;
            keep[more] -= 1 - keep[less];
            (keep[more] < 1 ? small : large).Push(more);
        }

        // What is left over differs from 1 by rounding alone.
        foreach (var i in small.Concat(large))
        {
            keep[i] = 1;
        }
    }

    /// <summary>Weights 1 / rank^exponent for ranks 1 to <paramref name="count"/>.</summary>
    public static AliasTable Zipf(int count, double exponent)
    {
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            // Rounded, because the last bit of a power differs between machines and the rows must not.
            weights[i] = Math.Round(1e9 / Math.Pow(i + 1, exponent));
        }

        return new AliasTable(weights);
    }

    /// <summary>An index.</summary>
    public int Draw(SeededRandom random)
    {
        var index = random.Next(keep.Length);
        return random.NextUnit() < keep[index] ? index : other[index];
    }
}
