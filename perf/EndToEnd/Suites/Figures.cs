namespace TickStore.EndToEnd.Suites;

/// <summary>One of TickStore's own figures.</summary>
/// <param name="Metric">Its name: <c>seal.trades.wall</c>.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Values">Each run's value.</param>
internal sealed record Figure(string Metric, string Unit, double[] Values);

/// <summary>Gathers TickStore's own figures in its worker.</summary>
/// <param name="only">The prefix of the names that are wanted; null for all.</param>
internal sealed class Figures(string? only)
{
    private readonly List<Figure> all = [];

    public IReadOnlyList<Figure> All => all;

    /// <summary>True where figures that begin with the name are wanted, or some of them.</summary>
    public bool Wants(string name) =>
        only is null
        || name.StartsWith(only, StringComparison.Ordinal)
        || only.StartsWith(name, StringComparison.Ordinal);

    public void Add(string metric, string unit, params double[] values)
    {
        if (only is null || metric.StartsWith(only, StringComparison.Ordinal))
        {
            all.Add(new(metric, unit, values));
        }
    }
}
