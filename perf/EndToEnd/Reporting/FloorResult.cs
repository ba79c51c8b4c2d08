namespace TickStore.EndToEnd.Reporting;

/// <summary>How a figure stands against a floor or an aim.</summary>
/// <param name="Metric">The figure's name.</param>
/// <param name="Demand">What is demanded, in words.</param>
/// <param name="Share">The figure over the demand: 1 and more means that it is met.</param>
/// <param name="IsFloor">True where missing it fails the run; false for an aim.</param>
internal sealed record FloorResult(string Metric, string Demand, double Share, bool IsFloor)
{
    public bool IsMet => Share >= 1;
}
