using TickStore.EndToEnd.Reporting;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Sizes, repeats and time limits of a run.</summary>
internal sealed record RunPlan
{
    private const int SmallRows = 2_000_000;

    /// <summary>The market that all tables tell of.</summary>
    public required MarketProfile Market { get; init; }

    /// <summary>Rows of each table.</summary>
    public required IReadOnlyDictionary<string, int> RowCounts { get; init; }

    /// <summary>Rows of each table that are written durably.</summary>
    public required IReadOnlyDictionary<string, int> DurableRowCounts { get; init; }

    /// <summary>Rows of each table for TickStore's own figures.</summary>
    public required IReadOnlyDictionary<string, int> OwnRowCounts { get; init; }

    /// <summary>How often the engines take turns at writing.</summary>
    public required int WriteTurns { get; init; }

    /// <summary>How often a query is timed.</summary>
    public required int RunCount { get; init; }

    /// <summary>When no further run of a query begins.</summary>
    public required TimeSpan QueryBudget { get; init; }

    /// <summary>When a query is stopped.</summary>
    public required TimeSpan QueryLimit { get; init; }

    /// <summary>When a query is stopped in the engines that are made for rows: whole scans are not what they are for.</summary>
    public required TimeSpan RowEngineQueryLimit { get; init; }

    /// <summary>How often a query is timed cold.</summary>
    public required int ColdRunCount { get; init; }

    /// <summary>Queries that are timed cold; null for all.</summary>
    public IReadOnlyList<string>? ColdQueries { get; init; }

    /// <summary>A query that takes longer when warm is not timed cold.</summary>
    public required TimeSpan ColdLimit { get; init; }

    /// <summary>True where bulk loads are short enough to be repeated.</summary>
    public bool IsSmall => RowCounts.Values.Sum(n => (long)n) <= SmallRows;

    /// <summary>The plan of a profile, with what the command line changes.</summary>
    public static RunPlan Of(Arguments arguments)
    {
        if (arguments.IsReuse)
        {
            return KeptTables.PlanOf(arguments.Folder) with { RunCount = arguments.RunCount };
        }

        var isSmall = arguments.Profile == "small";
        var trades = arguments.TradeCount ?? (isSmall ? 900_000 : 50_000_000);
        var quotes = arguments.QuoteCount ?? (isSmall ? 900_000 : 50_000_000);
        var snapshots = arguments.SnapshotCount ?? (isSmall ? 200_000 : 10_000_000);
        return new()
        {
            Market = new()
            {
                DayCount = arguments.DayCount ?? (isSmall ? 2 : 5),
                StampNanos = arguments.HasCoarseStamps ? 10_000_000 : 1,
                BookActivity = arguments.HasQuietBooks ? 0.1 : 0.7,
            },
            RowCounts = Tables(trades, quotes, snapshots),
            DurableRowCounts = isSmall
                ? Tables(Math.Min(200_000, trades), Math.Min(200_000, quotes), Math.Min(40_000, snapshots))
                : Tables(Math.Min(1_000_000, trades), Math.Min(1_000_000, quotes), Math.Min(200_000, snapshots)),
            OwnRowCounts = isSmall
                ? Tables(trades, quotes, snapshots)
                : Tables(Math.Min(5_000_000, trades), Math.Min(5_000_000, quotes), Math.Min(1_000_000, snapshots)),
            WriteTurns = isSmall ? 2 : 1,
            RunCount = arguments.RunCount,
            QueryBudget = TimeSpan.FromSeconds(isSmall ? 0.5 : 8),
            QueryLimit = TimeSpan.FromSeconds(120),
            RowEngineQueryLimit = TimeSpan.FromSeconds(30),
            ColdRunCount = isSmall ? 1 : 2,
            ColdQueries = isSmall ? ["Q1", "Q4", "Q13", "Q14"] : null,
            ColdLimit = TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>When an engine's query is stopped.</summary>
    public TimeSpan QueryLimitOf(string engine) =>
        engine is EngineNames.Sqlite or EngineNames.Postgres ? RowEngineQueryLimit : QueryLimit;

    public override string ToString() =>
        string.Join(", ", RowCounts.Select(t => $"{t.Value:N0} {t.Key}")) + $" of {Market.DayCount} days";

    private static Dictionary<string, int> Tables(int trades, int quotes, int snapshots) =>
        new()
        {
            ["trades"] = trades,
            ["quotes"] = quotes,
            ["snapshots"] = snapshots,
        };
}
