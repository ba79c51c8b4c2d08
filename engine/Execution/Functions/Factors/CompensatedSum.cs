namespace TickStore.Execution;

/// <summary>A sum with the rounding errors of its additions beside it (Neumaier, 1974). The same bits for the same values in
/// order.</summary>
internal struct CompensatedSum
{
    private double sum;
    private double errors;

    /// <summary>The sum. Infinities and NaN are as plain addition has them.</summary>
    public readonly double Value => double.IsFinite(sum) ? sum + errors : sum;

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        var total = sum + value;
        errors += Math.Abs(sum) >= Math.Abs(value) ? sum - total + value : value - total + sum;
        sum = total;
    }
}
