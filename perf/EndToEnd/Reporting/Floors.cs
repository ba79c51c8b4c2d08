namespace TickStore.EndToEnd.Reporting;

/// <summary>
/// What TickStore must reach on any machine of this kind (floors), and what it aims at. A floor that is missed is
/// marked in the table; ratios to peers are floors too.
/// </summary>
internal static class Floors
{
    private static readonly (string Prefix, double Value)[] Absolute =
    [
        ("write.trades.fsync_", 1_000_000),
        ("write.trades.rows_fsync_", 1_000_000),
        ("write.snapshots.fsync_", 100_000),
        ("write.snapshots_double.fsync_", 100_000),
        ("read.trades.", 5_000_000),
        ("read.snapshots.", 500_000),
        ("read.snapshots_double.", 500_000),
    ];

    private static readonly (string Prefix, double Value)[] Aims =
    [
        ("write.trades.async_1000", 5_000_000),
        ("seal.trades.per_core", 2_000_000),
        ("seal.snapshots.per_core", 400_000),
        ("read.trades.segments_1_thread", 50_000_000),
        ("read.trades.segments_time_order", 20_000_000),
        ("replay.trades.max", 20_000_000),
    ];

    private static readonly (string Prefix, string Peer, double Ratio)[] Ratios =
    [
        ("bytes.trades.segments", "postgresql", 5),
        ("bytes.trades.segments", "sqlite", 3),
        ("bytes.snapshots.segments", "postgresql", 5),
        ("bytes.snapshots.segments", "sqlite", 3),
    ];

    public static double? FloorOf(string metric) => IsSealed(metric) ? null : Find(Absolute, metric);

    public static double? AimOf(string metric) => IsSealed(metric) ? null : Find(Aims, metric);

    /// <summary>By how much a peer must be beaten, or null where nothing is demanded.</summary>
    public static double? RatioOf(string metric, string peer)
    {
        foreach (var (prefix, name, ratio) in Ratios)
        {
            if (name == peer && metric == prefix)
            {
                return ratio;
            }
        }

        return null;
    }

    // Rows are written once they are durable; that they are compressed as well is measured, and no part of the floor.
    private static bool IsSealed(string metric) => metric.EndsWith("_sealed", StringComparison.Ordinal);

    private static double? Find((string Prefix, double Value)[] table, string metric)
    {
        foreach (var (prefix, value) in table)
        {
            if (metric.StartsWith(prefix, StringComparison.Ordinal))
            {
                return value;
            }
        }

        return null;
    }
}
