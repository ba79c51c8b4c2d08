namespace TickStore.EndToEnd.Reporting;

/// <summary>One figure of one engine.</summary>
/// <param name="Metric">What, where and how, separated by dots: <c>write.trades.fsync_1000</c>.</param>
/// <param name="Engine">tickstore, duckdb, duckdb-sorted, sqlite or postgresql.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit, which also says whether more is better (see <see cref="MoreIsBetter"/>).</param>
internal sealed record Measurement(string Metric, string Engine, double Value, string Unit)
{
    public const string TickStore = "tickstore";

    /// <summary>Rates are better when larger; bytes, times and memory when smaller.</summary>
    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal);

    /// <summary>How much better this is than <paramref name="other"/>: above 1 means better.</summary>
    public double RatioTo(double other) => MoreIsBetter ? Value / other : other / Value;
}
