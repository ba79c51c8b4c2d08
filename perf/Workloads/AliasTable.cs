using System.Runtime.CompilerServices;

namespace TickStore.Workloads;

/// <summary>Draws an index by weight in constant time (Walker's alias method, in Vose's form).</summary>
public sealed class AliasTable
{
    // An index is kept where 32 random bits lie below its limit; otherwise its alias is taken.
    private readonly uint[] keepBelow;
    private readonly int[] alias;

    /// <summary>Prepares drawing index i with a probability proportional to <paramref name="weights"/>[i].</summary>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var count = weights.Length;
        var keep = new double[count];
        keepBelow = new uint[count];
        alias = new int[count];
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < count; i++)
        {
            // An index that nobody fills up is its own alias, so that it does not matter what is drawn for it.
            alias[i] = i;
            keep[i] = weights[i] * count / sum;
            (keep[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            alias[less] = more;
            keepBelow[less] = (uint)(keep[less] * uint.MaxValue);
            keep[more] -= 1 - keep[less];
            (keep[more] < 1 ? small : large).Push(more);
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

    /// <summary>The index that 64 random bits stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Draw(ulong bits)
    {
        var index = (int)(((bits >> 32) * (ulong)alias.Length) >> 32);
        return (uint)bits < keepBelow[index] ? index : alias[index];
    }
}
