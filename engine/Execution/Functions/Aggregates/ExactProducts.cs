namespace TickStore.Execution;

/// <summary>
/// Products without rounding error: x * y is the rounded product and the error, which a fused multiply-add gives exactly
/// (where neither over- nor underflows; even then the terms depend on x and y alone).
/// </summary>
internal static class ExactProducts
{
    /// <summary>Adds x * y to a sum.</summary>
    public static void Add(ExactSums sums, int group, double x, double y)
    {
        var product = x * y;
        sums.Add(group, product);
        if (double.IsFinite(product))
        {
            var error = Math.FusedMultiplyAdd(x, y, -product);
            if (error != 0)
            {
                sums.Add(group, error);
            }
        }
    }

    /// <summary>Adds the products of two runs to a sum.</summary>
    public static void AddRun(ExactSums sums, int group, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Span<double> products = stackalloc double[256];
        Span<double> errors = stackalloc double[256];
        while (!x.IsEmpty)
        {
            var count = Math.Min(x.Length, products.Length);
            var errorCount = 0;
            for (var i = 0; i < count; i++)
            {
                products[i] = x[i] * y[i];
                var error = Math.FusedMultiplyAdd(x[i], y[i], -products[i]);
                errors[errorCount] = error;
                errorCount += error != 0 && double.IsFinite(products[i]) ? 1 : 0;
            }

            sums.AddRun(group, products[..count]);
            for (var i = 0; i < errorCount; i++)
            {
                sums.Add(group, errors[i]);
            }

            x = x[count..];
            y = y[count..];
        }
    }
}
