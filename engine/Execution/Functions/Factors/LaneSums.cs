using System.Runtime.Intrinsics;

namespace TickStore.Execution;

/// <summary>Sums of a few values in a fixed order: four lanes, then what is left one by one. The same bits on every machine.</summary>
internal static class LaneSums
{
    /// <summary>The sum of all values; 0 for none.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        var lanes = Vector256<double>.Zero;
        var row = 0;
        for (; row <= values.Length - Vector256<double>.Count; row += Vector256<double>.Count)
        {
            lanes += Vector256.LoadUnsafe(in values[row]);
        }

        var sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        for (; row < values.Length; row++)
        {
            sum += values[row];
        }

        return sum;
    }
}
