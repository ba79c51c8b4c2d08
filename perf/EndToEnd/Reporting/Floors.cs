namespace TickStore.EndToEnd.Reporting;

/// <summary>
/// What TickStore must reach on any machine of this kind (floors), and what it aims at. Ratios to peers are floors too.
/// </summary>
internal static class Floors
{
    // Rows are written once they are durable, whatever the size of a commit; a whole table and a part of it read alike.
    private static readonly (string Prefix, double Value)[] Absolute =
    [
        ("ingest.fsync_1000.trades", 1_000_000),
        ("ingest.fsync_20000.trades", 1_000_000),
        ("ingest.rows_fsync_20000.trades", 1_000_000),
        ("ingest.fsync_1000.snapshots", 100_000),
        ("ingest.fsync_20000.snapshots", 100_000),
        ("read.trades.", 5_000_000),
        ("read.snapshots.", 500_000),
        ("upkeep.bars.", 10_000_000),
        ("upkeep.bars_unread.", 10_000_000),
        ("upkeep.factors.", 2_000_000),
        ("upkeep.index.", 2_000_000),
        ("upkeep.asof.", 2_000_000),
        ("saturation.view", 2_000_000),
    ];

    private static readonly (string Prefix, double Value)[] Aims =
    [
        ("ingest.async_1000.trades", 5_000_000),
        ("seal.trades.per_core", 2_000_000),
        ("seal.snapshots.per_core", 400_000),
        ("read.trades.segments_1_thread", 50_000_000),
        ("read.trades.segments_time_order", 20_000_000),
        ("replay.trades.max", 20_000_000),
        ("replay.trades.day", 20_000_000),
        ("upkeep.bars.", 100_000_000),
        ("upkeep.bars_unread.", 100_000_000),
        ("upkeep.factors.", 20_000_000),
        ("upkeep.index.", 20_000_000),
        ("upkeep.asof.", 10_000_000),
        ("saturation.view", 10_000_000),
    ];

    private static readonly (string Metric, string Peer, double Ratio)[] Ratios =
    [
        ("bytes.trades.total", EngineNames.Postgres, 5),
        ("bytes.trades.total", EngineNames.Sqlite, 3),
        ("bytes.snapshots.total", EngineNames.Postgres, 5),
        ("bytes.snapshots.total", EngineNames.Sqlite, 3),
    ];

    /// <summary>The figure that must be reached, or null where nothing is demanded.</summary>
    public static double? FloorOf(string metric) => Find(Absolute, metric);

    /// <summary>All floors and aims that the findings have figures for, floors first.</summary>
    public static IEnumerable<FloorResult> Check(Findings findings)
    {
        foreach (var m in findings.Measurements.Where(m => m.Engine == EngineNames.TickStore))
        {
            if (FloorOf(m.Metric) is { } floor)
            {
                yield return new(m.Metric, $"at least {Numbers.Plain(floor)} {m.Unit}", m.RatioTo(floor), true);
            }
        }

        foreach (var (metric, peer, ratio) in Ratios)
        {
            if (findings.Find(metric, EngineNames.TickStore) is { } own && findings.Find(metric, peer) is { } other)
            {
                yield return new(metric, $"less than 1/{ratio:F0} of {peer}", own.RatioTo(other.Value) / ratio, true);
            }
        }

        foreach (var m in findings.Measurements.Where(m => m.Engine == EngineNames.TickStore))
        {
            if (Find(Aims, m.Metric) is { } aim)
            {
                yield return new(m.Metric, $"aim {Numbers.Plain(aim)} {m.Unit}", m.RatioTo(aim), false);
            }
        }
    }

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
