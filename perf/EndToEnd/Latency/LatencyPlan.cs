namespace TickStore.EndToEnd.Latency;

/// <summary>Rates and times of a run of the suite.</summary>
internal sealed record LatencyPlan
{
    /// <summary>Ticks a second, in batches of <see cref="TickTape.BatchTicks"/>.</summary>
    public double TicksPerSecond { get; init; } = 1_000_000;

    /// <summary>At the start of each run, not measured.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Measured, of each run.</summary>
    public TimeSpan Measured { get; init; }

    /// <summary>Length of each try at a path's largest rate.</summary>
    public TimeSpan SaturationTry { get; init; }

    /// <summary>Rows of the table that is scanned beside the paths.</summary>
    public int HistoryRows { get; init; }

    /// <summary>About 10 seconds in all.</summary>
    public static LatencyPlan Small { get; } =
        new()
        {
            WarmUp = TimeSpan.FromSeconds(0.3),
            Measured = TimeSpan.FromSeconds(0.5),
            SaturationTry = TimeSpan.FromSeconds(0.15),
            HistoryRows = 500_000,
        };

    /// <summary>A little over a minute in all.</summary>
    public static LatencyPlan Medium { get; } =
        new()
        {
            WarmUp = TimeSpan.FromSeconds(1),
            Measured = TimeSpan.FromSeconds(5),
            SaturationTry = TimeSpan.FromSeconds(0.6),
            HistoryRows = 4_000_000,
        };
}
