using TickStore.EndToEnd.Data;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Workers;

/// <summary>The tables of a run, by name.</summary>
internal static class WorkloadCatalog
{
    /// <summary>The tables that queries ask about, in the order in which they are loaded.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["trades", "snapshots"];

    /// <summary>Generates a table's rows.</summary>
    public static Workload Create(string table, MarketProfile market, int rowCount) =>
        table switch
        {
            "trades" => new TradeWorkload(market, rowCount),
            "snapshots" => new SnapshotWorkload(market, rowCount),
            _ => throw new ArgumentException($"There is no table {table}"),
        };
}
