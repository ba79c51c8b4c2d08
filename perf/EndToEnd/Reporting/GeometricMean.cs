namespace TickStore.EndToEnd.Reporting;

/// <summary>TickStore's ratios over a group of queries in one number.</summary>
/// <param name="Against">An engine's name, or <see cref="BestPeer"/>: of each query the peer that did it best.</param>
/// <param name="Ratio">The geometric mean; above 1 means that TickStore is better.</param>
/// <param name="Count">How many queries it covers: those that both have answered, or were stopped at.</param>
/// <param name="LimitCount">How many of them count with a time limit instead of a time.</param>
/// <param name="Worst">The metric with the smallest ratio.</param>
/// <param name="WorstRatio">That ratio.</param>
internal sealed record GeometricMean(
    string Against,
    double Ratio,
    int Count,
    int LimitCount,
    string Worst,
    double WorstRatio
)
{
    public const string BestPeer = "best_peer";

    /// <summary>The mean against the best peer of each query, then against each peer alone; those without a query are left away.</summary>
    public static IEnumerable<GeometricMean> Of(Findings findings, MetricGroup group)
    {
        foreach (var against in (string[])[BestPeer, .. EngineNames.Peers])
        {
            if (Of(findings, group, against) is { } mean)
            {
                yield return mean;
            }
        }
    }

    private static GeometricMean? Of(Findings findings, MetricGroup group, string against)
    {
        var (logarithms, count, limitCount) = (0.0, 0, 0);
        var (worst, worstRatio) = (string.Empty, double.PositiveInfinity);
        foreach (var metric in findings.MetricsOf(group))
        {
            var own = findings.Find(metric, EngineNames.TickStore);
            var peer = against == BestPeer ? findings.BestPeer(metric) : findings.Find(metric, against);
            if (own is null || peer is null)
            {
                continue;
            }

            var ratio = own.RatioTo(peer.Value);
            logarithms += Math.Log(ratio);
            count++;
            limitCount += own.IsLongerThan || peer.IsLongerThan ? 1 : 0;
            (worst, worstRatio) = ratio < worstRatio ? (metric, ratio) : (worst, worstRatio);
        }

        return count == 0 ? null : new(against, Math.Exp(logarithms / count), count, limitCount, worst, worstRatio);
    }
}
