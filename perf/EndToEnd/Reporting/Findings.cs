namespace TickStore.EndToEnd.Reporting;

/// <summary>All that a run found, in the order in which it was found. Tables, JSON lines and plots are drawn from it alone.</summary>
internal sealed class Findings(Machine machine)
{
    private readonly Dictionary<(string Metric, string Engine), Measurement> byName = [];
    private readonly List<Measurement> measurements = [];

    public Machine Machine { get; } = machine;

    /// <summary>The workload's name: small, medium, or another size.</summary>
    public string Profile { get; set; } = "unnamed";

    /// <summary>When the run began, in UTC: "2026-11-23 00:40".</summary>
    public string Date { get; set; } = string.Empty;

    /// <summary>Product and version by engine.</summary>
    public SortedDictionary<string, string> Versions { get; } =
        new(Comparer<string>.Create((a, b) => (EngineNames.OrderOf(a), a).CompareTo((EngineNames.OrderOf(b), b))));

    public IReadOnlyList<Measurement> Measurements => measurements;

    public List<LeftOut> LeftOut { get; } = [];

    /// <summary>Lines for the foot of the table.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Adds a figure; each engine has one for a metric.</summary>
    /// <exception cref="ArgumentException">The engine has a figure for that metric already.</exception>
    public void Add(Measurement measurement)
    {
        byName.Add((measurement.Metric, measurement.Engine), measurement);
        measurements.Add(measurement);
    }

    public Measurement? Find(string metric, string engine) => byName.GetValueOrDefault((metric, engine));

    /// <summary>
    /// The peer that did best, or null where there is none. One that was stopped at its limit is best only where all were.
    /// </summary>
    public Measurement? BestPeer(string metric)
    {
        Measurement? best = null;
        foreach (var engine in EngineNames.Peers)
        {
            if (Find(metric, engine) is not { } peer)
            {
                continue;
            }

            var isBetter =
                best is null
                || (best.IsLongerThan == peer.IsLongerThan ? peer.RatioTo(best.Value) > 1 : best.IsLongerThan);
            best = isBetter ? peer : best;
        }

        return best;
    }

    /// <summary>Metrics of a group in the order in which tables and plots show them: queries by number, others as found.</summary>
    public string[] MetricsOf(MetricGroup group) =>
        [
            .. measurements
                .Select(m => m.Metric)
                .Concat(LeftOut.Select(l => l.Metric).Where(QueryTitles.IsQuery))
                .Distinct()
                .Where(group.Contains)
                .OrderBy(QueryTitles.OrderOf),
        ];

    /// <summary>Why there is no figure, or null where none was expected.</summary>
    public string? ReasonFor(string metric, string engine) =>
        LeftOut.Find(l => l.Engine == engine && l.Metric == metric)?.Reason;
}
