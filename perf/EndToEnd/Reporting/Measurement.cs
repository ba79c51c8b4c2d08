namespace TickStore.EndToEnd.Reporting;

/// <summary>One figure of one engine.</summary>
/// <param name="Metric">What, where and how, separated by dots: <c>ingest.fsync_1000.trades</c>.</param>
/// <param name="Engine">One of <see cref="EngineNames"/>.</param>
/// <param name="Value">The figure; the median where it was taken more than once.</param>
/// <param name="Unit">Its unit, which also says whether more is better (see <see cref="MoreIsBetter"/>).</param>
internal sealed record Measurement(string Metric, string Engine, double Value, string Unit)
{
    public const string TickStore = EngineNames.TickStore;

    /// <summary>The smallest of the values, or null where only one was taken.</summary>
    public double? Min { get; init; }

    /// <summary>The largest of the values, or null where only one was taken.</summary>
    public double? Max { get; init; }

    /// <summary>How often it was taken, or null where that is once.</summary>
    public int? Runs { get; init; }

    /// <summary>True where the engine was stopped at its time limit: it takes longer than <see cref="Value"/>.</summary>
    public bool IsLongerThan { get; init; }

    /// <summary>Rates are better when larger; bytes, times and memory when smaller.</summary>
    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal);

    /// <summary>How much better this is than <paramref name="other"/>: above 1 means better.</summary>
    public double RatioTo(double other) => MoreIsBetter ? Value / other : other / Value;
}
