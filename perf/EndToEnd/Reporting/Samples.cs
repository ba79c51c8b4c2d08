namespace TickStore.EndToEnd.Reporting;

/// <summary>What the same measurement gave when it was repeated: the figure is the median, min and max say how firm it is.</summary>
/// <param name="Median">The middle value; with an even count the mean of the two in the middle.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
/// <param name="Runs">How many values there were.</param>
internal readonly record struct Samples(double Median, double Min, double Max, int Runs)
{
    /// <summary>Sums up values in any order; they are copied and stay as they are. There must be one at least.</summary>
    public static Samples Of(ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[0], sorted[^1], sorted.Length);
    }
}
