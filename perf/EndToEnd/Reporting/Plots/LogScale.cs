namespace TickStore.EndToEnd.Reporting.Plots;

/// <summary>Maps values to pixels so that equal ratios are equally far apart.</summary>
/// <param name="Low">The value at <paramref name="LowPixel"/>, above 0.</param>
/// <param name="High">The value at <paramref name="HighPixel"/>.</param>
/// <param name="LowPixel">A pixel.</param>
/// <param name="HighPixel">A pixel.</param>
internal sealed record LogScale(double Low, double High, double LowPixel, double HighPixel)
{
    /// <summary>
    /// A scale for bars and curves: from the power of ten below the smallest value, so that even that one is seen, to the largest.
    /// </summary>
    public static LogScale Around(IReadOnlyCollection<double> values, double lowPixel, double highPixel)
    {
        var low = Math.Pow(10, Math.Floor(Math.Log10(values.Min() / 1.3)));
        return new(low, Math.Max(values.Max(), low * 10), lowPixel, highPixel);
    }

    public double PixelOf(double value) =>
        LowPixel + ((HighPixel - LowPixel) * (Math.Log(value / Low) / Math.Log(High / Low)));

    /// <summary>Powers of ten, and between them 2 to 9 times each as minor lines.</summary>
    public IEnumerable<(double Value, bool IsMajor)> Lines()
    {
        for (var decade = Low; decade <= High * 1.0001; decade *= 10)
        {
            for (var times = 1; times <= 9 && decade * times <= High * 1.0001; times++)
            {
                yield return (decade * times, times == 1);
            }
        }
    }
}
